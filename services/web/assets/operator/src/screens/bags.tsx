/** The bag queue: when many come at once, bags are labelled now and weighed later, in the order in which they came. */
import { useState } from "preact/hooks";
import { type Bag, discardBag, formatWhen, listBags, newId, saveBags, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { openDraft } from "../components/drafting.ts";
import { LongField, TextField } from "../components/fields.tsx";
import { Finder } from "../components/finder.tsx";
import { useLoaded } from "../components/hooks.ts";
import { Icon } from "../components/icon.tsx";
import { Badge, Message } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { Sheet } from "../components/sheet.tsx";
import { go, type Route, to } from "../router.ts";

/** What the server takes as a label. */
const LABEL = /^[A-Z0-9]([A-Z0-9-]{0,22}[A-Z0-9])?$/;

/** The label after the highest one: `LP-0041` after `LP-0040`. */
function nextLabel(labels: readonly string[]): string {
  const known = labels.flatMap((label) => {
    const [, mark = "", digits = ""] = /^(.*?)(\d+)$/.exec(label) ?? [];
    return digits === "" ? [] : [{ mark, digits, number: Number(digits) }];
  });
  const last = known.reduce<(typeof known)[number] | null>((top, each) => (top === null || each.number > top.number ? each : top), null);
  return last === null ? "LP-0001" : last.mark + String(last.number + 1).padStart(last.digits.length, "0");
}

function NewBag({ memberId, taken, onDone }: { memberId: string; taken: readonly string[]; onDone: () => void }) {
  const [labels, setLabels] = useState<readonly string[]>(() => [nextLabel(taken)]);
  const [failed, setFailed] = useState(false);
  const write = (at: number, text: string) => setLabels(labels.map((label, other) => (other === at ? text.toUpperCase() : label)));
  const fault = (label: string, at: number) => {
    if (label.trim() !== "" && !LABEL.test(label.trim())) return t("petugas.karung.label_salah");
    if (labels.indexOf(label) !== at || taken.includes(label.trim())) return t("petugas.karung.label_terpakai");
    return undefined;
  };
  const wrong = labels.some((label, at) => label.trim() === "" || fault(label, at) !== undefined);
  const save = async () => {
    try {
      await saveBags(labels.map((label) => ({ bag_id: newId(), member_id: memberId, label: label.trim() })));
      onDone();
    } catch {
      setFailed(true);
    }
  };
  return (
    <section class="kartu tumpuk" aria-label={t("petugas.karung.baru")}>
      <h2>{nameOf(memberId)}</h2>
      {labels.map((label, at) => (
        <TextField key={at} label={t("petugas.karung.label", { n: at + 1 })} value={label} onInput={(text) => write(at, text)} fault={fault(label, at)} maxLength={24} mark="label" />
      ))}
      {failed && <Message tone="salah" title={t("petugas.simpan.gagal")}><p>{t("petugas.simpan.gagal_lalu")}</p></Message>}
      <p class="deret">
        <Button icon="tambah" onPress={() => setLabels([...labels, nextLabel([...taken, ...labels])])}>{t("petugas.karung.tambah")}</Button>
        <Button look="utama" icon="karung" onPress={save} disabled={wrong}>{t("petugas.karung.simpan", { n: labels.length })}</Button>
      </p>
      <p class="redup">{t("petugas.karung.tulis_label")}</p>
    </section>
  );
}

function Discard({ bag, onClose }: { bag: Bag; onClose: (done: boolean) => void }) {
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState(false);
  const discard = async () => {
    try {
      await discardBag(bag.bag_id, reason.trim());
      onClose(true);
    } catch {
      setFailed(true);
    }
  };
  return (
    <Sheet title={t("petugas.karung.sisihkan_judul", { label: bag.label })} onClose={() => onClose(false)}>
      <LongField label={t("petugas.karung.sisihkan_sebab")} hint={t("petugas.perbaiki.alasan_petunjuk")} value={reason} onInput={setReason} />
      {failed && <Message tone="salah" title={t("petugas.simpan.gagal")}><p>{t("petugas.simpan.gagal_lalu")}</p></Message>}
      <p class="deret">
        <Button look="bahaya" icon="buang" disabled={reason.trim() === ""} onPress={discard}>
          {t("petugas.karung.sisihkan")}
        </Button>
        <Button onPress={() => onClose(false)}>{t("petugas.kembali")}</Button>
      </p>
    </Sheet>
  );
}

export function Screen({ route }: { route: Route }) {
  const { value: bags = [], again } = useLoaded(() => listBags(), []);
  const [memberId, setMemberId] = useState<string | null>(null);
  const [discarding, setDiscarding] = useState<Bag | null>(null);
  const adding = route.parts[0] === "baru";
  if (adding) {
    return (
      <Page title={t("petugas.karung.baru")} back={to("karung")}>
        {memberId === null ? (
          <Finder onPick={(person) => setMemberId(person.member_id)} label={t("petugas.karung.milik")} />
        ) : (
          <NewBag memberId={memberId} taken={bags.map((bag) => bag.label)} onDone={() => go(to("karung"), true)} />
        )}
      </Page>
    );
  }
  const waiting = [...bags].sort((one, other) => one.received_at - other.received_at);
  // Bags of the same member are emptied by one weighing.
  const weigh = (bag: Bag) => {
    const ids = waiting.filter((each) => each.member_id === bag.member_id).map((each) => each.bag_id);
    const draft = openDraft(bag.member_id, { bag_ids: ids.slice(0, 20) });
    if (draft !== null) go(to("timbang", draft.deposit_id));
  };
  return (
    <Page title={t("petugas.karung.judul")} lead={t("petugas.karung.isi")}>
      <p>
        <a class="tombol utama besar" href={to("karung", "baru")}>
          <Icon name="tambah" />
          {t("petugas.karung.baru")}
        </a>
      </p>
      {waiting.length === 0 && <p class="redup">{t("petugas.karung.kosong")}</p>}
      {waiting.length > 0 && <ol class="daftar" data-uji="karung">
        {waiting.map((bag) => (
          <li key={bag.bag_id}>
            <div class="baris">
              <Icon name="karung" />
              <span class="tengah">
                <b>{bag.label}</b> {nameOf(bag.member_id)}
                <br />
                <span class="redup kecil">{formatWhen(bag.received_at)}</span>
              </span>
              {bag.unsent && <Badge tone="tahu" icon="antrean">{t("petugas.status.menunggu")}</Badge>}
              <Button icon="timbang" look="utama" onPress={() => weigh(bag)}>{t("petugas.karung.timbang")}</Button>
              <Button icon="buang" look="polos" onPress={() => setDiscarding(bag)} label={t("petugas.karung.sisihkan_judul", { label: bag.label })} />
            </div>
          </li>
        ))}
      </ol>}
      {discarding !== null && (
        <Discard bag={discarding} onClose={(done) => {
          setDiscarding(null);
          if (done) again();
        }} />
      )}
    </Page>
  );
}
