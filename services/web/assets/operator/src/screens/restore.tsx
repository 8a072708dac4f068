/** A lost tablet's deposits come back from the receipts in the residents' hands, or from its exported file. */
import { useState } from "preact/hooks";
import { carry, formatWhen, outbox, readReceipt, type SavedDeposit, t } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { LongField, TextField } from "../components/fields.tsx";
import { useWatched } from "../components/hooks.ts";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { reasonWords, StateBadge } from "../components/rowstate.tsx";
import { Scanner } from "../components/scanner.tsx";
import { to } from "../router.ts";

interface Read {
  readonly text: string;
  readonly says: SavedDeposit;
}

function Carried() {
  const carried = useWatched(outbox.rows).filter((row) => row.carried && row.kind === "deposit");
  if (carried.length === 0) return null;
  return (
    <section class="tumpuk rapat" aria-label={t("petugas.pulihkan.hasil")}>
      <h2>{t("petugas.pulihkan.hasil")}</h2>
      <ul class="daftar" data-uji="dipulihkan">
        {carried.map((row) => {
          const why = reasonWords(row);
          return (
            <li key={row.id}>
              <div class="baris">
                <span class="tengah">
                  <b>{nameOf(row.member_id)}</b>
                  <br />
                  <span class="redup kecil">{formatWhen(row.deposit?.weighed_at ?? row.saved_at)}</span>
                  {why !== null && <><br /><span class="kecil">{why}</span></>}
                </span>
                <StateBadge state={row.state} />
                {row.state === "invalid" && (
                  <Button look="polos" icon="buang" onPress={() => outbox.dismiss(row.id)}>{t("petugas.antrean.singkirkan")}</Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function FromFile() {
  const [file, setFile] = useState<File | null>(null);
  const [words, setWords] = useState("");
  const [said, setSaid] = useState<{ tone: "baik" | "salah"; title: string } | null>(null);
  const take = async () => {
    if (file === null) return;
    const outcome = await outbox.importExported(file, words);
    if (outcome.ok) setSaid({ tone: "baik", title: t("petugas.pulihkan.berkas_masuk", { n: outcome.taken, lama: outcome.known }) });
    else setSaid({ tone: "salah", title: t(outcome.code === "wrong_passphrase" ? "petugas.pulihkan.sandi_salah" : "petugas.pulihkan.bukan_berkas") });
  };
  return (
    <details class="lipat">
      <summary>{t("petugas.pulihkan.berkas")}</summary>
      <div class="tumpuk">
        <div class="isian">
          <label for="berkas">{t("petugas.pulihkan.pilih_berkas")}</label>
          <input id="berkas" type="file" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
        </div>
        <TextField label={t("petugas.ekspor.sandi")} value={words} onInput={setWords} />
        {said !== null && <Message {...said} />}
        <p>
          <Button icon="unggah" disabled={file === null || words === ""} onPress={take}>{t("petugas.pulihkan.masukkan_berkas")}</Button>
        </p>
      </div>
    </details>
  );
}

export function Screen() {
  const [read, setRead] = useState<readonly Read[]>([]);
  const [typed, setTyped] = useState("");
  const [scanning, setScanning] = useState(false);
  const [refused, setRefused] = useState(0);
  const [result, setResult] = useState<{ taken: number; known: number } | null>(null);
  const [failed, setFailed] = useState(false);

  const take = (text: string) => {
    const fresh: Read[] = [];
    let wrong = 0;
    for (const each of text.split(/\s+(?=TMD)/).map((part) => part.trim()).filter(Boolean)) {
      const says = readReceipt(each);
      if (says === null) wrong += 1;
      else if (![...read, ...fresh].some((known) => known.says.deposit_id === says.deposit_id)) fresh.push({ text: each, says });
    }
    setRefused(wrong);
    setResult(null);
    setRead((before) => [...before, ...fresh.filter((each) => !before.some((known) => known.text === each.text))]);
  };
  const carryAll = async () => {
    try {
      const { taken, known } = await carry(read.map((each) => each.text));
      setRead([]);
      setResult({ taken, known });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <Page title={t("petugas.pulihkan.judul")} back={to("antrean")} lead={t("petugas.pulihkan.isi")}>
      {scanning ? (
        <Scanner label={t("petugas.pulihkan.pindai")} onText={take} onClose={() => setScanning(false)} />
      ) : (
        <p>
          <Button look="utama besar" icon="kamera" onPress={() => setScanning(true)}>{t("petugas.pulihkan.pindai")}</Button>
        </p>
      )}
      <LongField label={t("petugas.pulihkan.tempel")} value={typed} onInput={setTyped} maxLength={200_000} mark="kode-struk" />
      <p>
        <Button disabled={typed.trim() === ""} onPress={() => {
          take(typed);
          setTyped("");
        }}>
          {t("petugas.pulihkan.baca")}
        </Button>
      </p>
      {refused > 0 && (
        <Message tone="salah" title={t("petugas.pulihkan.bukan_struk", { n: refused })}>
          <p>{t("petugas.pulihkan.bukan_struk_lalu")}</p>
        </Message>
      )}
      {read.length > 0 && (
        <section class="kartu tumpuk" aria-label={t("petugas.pulihkan.terbaca", { n: read.length })}>
          <h2 aria-live="polite">{t("petugas.pulihkan.terbaca", { n: read.length })}</h2>
          <ul class="daftar">
            {read.map(({ says }) => (
              <li key={says.deposit_id}>
                <div class="baris">
                  <span class="tengah"><b>{nameOf(says.member_id)}</b></span>
                  <span class="redup">{formatWhen(says.weighed_at)}</span>
                </div>
              </li>
            ))}
          </ul>
          {failed && <Message tone="salah" title={t("petugas.simpan.gagal")}><p>{t("petugas.simpan.gagal_lalu")}</p></Message>}
          <p>
            <Button look="utama besar" icon="unggah" onPress={carryAll} mark="masukkan-struk">{t("petugas.pulihkan.masukkan", { n: read.length })}</Button>
          </p>
        </section>
      )}
      {result !== null && (
        <Message tone="baik" title={t("petugas.pulihkan.masuk", { n: result.taken, lama: result.known })}>
          <Safe>{t("petugas.pulihkan.masuk_lalu")}</Safe>
        </Message>
      )}
      <Carried />
      <FromFile />
      <p>
        <LinkButton href={to("antrean")} icon="antrean">{t("petugas.antrean.judul")}</LinkButton>
      </p>
    </Page>
  );
}
