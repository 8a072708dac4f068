/** A wrong weighing is never rubbed out: it is replaced by another one or voided, with a reason, and stays readable. */
import { useState } from "preact/hooks";
import { saveVoid, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { openCorrection, savedRow } from "../components/drafting.ts";
import { Choices, LongField } from "../components/fields.tsx";
import { LineList } from "../components/lines.tsx";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { go, type Route, to } from "../router.ts";

type Reason = "berat" | "jenis" | "nasabah" | "ganda" | "lain";

const REASONS: readonly { value: Reason; key: string }[] = [
  { value: "berat", key: "petugas.perbaiki.berat" },
  { value: "jenis", key: "petugas.perbaiki.jenis" },
  { value: "nasabah", key: "petugas.perbaiki.nasabah" },
  { value: "ganda", key: "petugas.perbaiki.ganda" },
  { value: "lain", key: "petugas.perbaiki.lain" },
];
/** The server takes 500 letters with the reason that was chosen before them. */
const LONGEST = 400;
/** What no other lines can put right. */
const ONLY_VOID: readonly Reason[] = ["nasabah", "ganda"];

export function Screen({ route }: { route: Route }) {
  const [depositId = ""] = route.parts;
  const saved = savedRow(depositId)?.deposit ?? null;
  const [reason, setReason] = useState<Reason>("berat");
  const [words, setWords] = useState("");
  const [fault, setFault] = useState<string>();
  const [failed, setFailed] = useState(false);
  if (saved === null) {
    return (
      <Page title={t("petugas.perbaiki.judul")} back={to("riwayat")}>
        <Message title={t("petugas.struk.tidak_ada")} />
      </Page>
    );
  }
  const said = words.trim();
  const reasonWords = reason === "lain" ? said : [t(REASONS.find((each) => each.value === reason)?.key ?? ""), said].filter(Boolean).join(": ");
  const withReason = (act: () => Promise<void> | void) => {
    if (reasonWords === "") {
      setFault(t("petugas.perbaiki.alasan_kosong"));
      return undefined;
    }
    return act();
  };
  const correct = () => {
    const draft = openCorrection(saved, reasonWords);
    if (draft !== null) go(to("timbang", draft.deposit_id), true);
  };
  const voidIt = async () => {
    try {
      await saveVoid(depositId, reasonWords);
      go(to("struk", depositId), true);
    } catch {
      setFailed(true);
    }
  };
  return (
    <Page title={t("petugas.perbaiki.judul")} back={to("struk", depositId)} lead={nameOf(saved.member_id)}>
      <LineList lines={saved.lines} />
      <Choices
        label={t("petugas.perbaiki.alasan")}
        value={reason}
        choices={REASONS.map(({ value, key }) => ({ value, words: t(key) }))}
        onChoose={setReason}
      />
      <LongField
        label={t(reason === "lain" ? "petugas.perbaiki.alasan_wajib" : "petugas.perbaiki.alasan_tambahan")}
        hint={t("petugas.perbaiki.alasan_petunjuk")}
        value={words}
        onInput={setWords}
        fault={fault}
        maxLength={LONGEST}
      />
      {failed && (
        <Message tone="salah" title={t("petugas.simpan.gagal")}>
          <Safe>{t("petugas.perbaiki.gagal_aman")}</Safe>
        </Message>
      )}
      <p class="deret">
        {!ONLY_VOID.includes(reason) && (
          <Button look="utama" icon="ubah" onPress={() => withReason(correct)}>{t("petugas.perbaiki.isi")}</Button>
        )}
        <Button look="bahaya" icon="silang" onPress={() => withReason(voidIt)}>{t("petugas.perbaiki.batalkan")}</Button>
      </p>
      <p class="redup">{t("petugas.perbaiki.tetap_terbaca")}</p>
    </Page>
  );
}
