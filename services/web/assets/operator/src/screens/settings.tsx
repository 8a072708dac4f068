/** The tablet itself: language, devices, storage, version, and leaving it without losing anything. */
import { useState } from "preact/hooks";
import { app, bankName, chooseIdle, formatWhen, IDLE_CHOICES, idleMinutes, knowledge, language, outbox, ports, practice, session, setLanguage, signOut, t, chooseBank } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { ExportQueue } from "../components/exporting.tsx";
import { Choices } from "../components/fields.tsx";
import { useLoaded, useWatched } from "../components/hooks.ts";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { ReadinessCard } from "../components/readiness.tsx";
import { Sheet } from "../components/sheet.tsx";
import { UpdateButton } from "../components/updating.tsx";
import { go, to } from "../router.ts";

const MIB = 1024 * 1024;

function Device({ title, port }: { title: string; port: { ready(): Promise<boolean>; choose(): Promise<void> } }) {
  const { value: ready, again } = useLoaded(() => port.ready(), []);
  const [failed, setFailed] = useState(false);
  const choose = () =>
    port.choose().then(
      () => {
        setFailed(false);
        again();
      },
      () => setFailed(true),
    );
  return (
    <li>
      <div class="baris">
        <span class="tengah">
          <b>{title}</b>
          <br />
          <span class="redup" role="status">{t(failed ? "petugas.setelan.alat_gagal" : ready === true ? "petugas.setelan.alat_siap" : "petugas.setelan.alat_tidak_ada")}</span>
        </span>
        <Button onPress={choose}>{t("petugas.setelan.pilih_alat")}</Button>
      </div>
    </li>
  );
}

function Storage() {
  const { storagePersisted, freeBytes, clockOffsetMs } = useWatched(knowledge.state);
  const facts: [string, string][] = [
    [t("petugas.setelan.simpanan"), t(storagePersisted ? "petugas.setelan.simpanan_tetap" : "petugas.setelan.simpanan_lepas")],
    [t("petugas.setelan.ruang"), freeBytes === null ? "-" : t("petugas.setelan.ruang_mb", { n: Math.floor(freeBytes / MIB) })],
    [t("petugas.setelan.jam"), clockOffsetMs === null ? t("petugas.umur.belum") : t("petugas.setelan.jam_selisih", { n: Math.round(clockOffsetMs / 1000) })],
    [t("petugas.setelan.versi"), app.version],
  ];
  return (
    <dl class="fakta">
      {facts.map(([label, words]) => <div key={label}><dt>{label}</dt><dd>{words}</dd></div>)}
    </dl>
  );
}

function SignOut() {
  const { unsent } = useWatched(outbox.safety);
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    await signOut();
    go(to("buka"), true);
  };
  return (
    <>
      <p>
        <Button look="bahaya" icon="keluar" onPress={() => setAsking(true)}>{t("petugas.keluar.judul")}</Button>
      </p>
      {asking && (
        <Sheet title={t("petugas.keluar.tanya")} onClose={() => setAsking(false)}>
          <Message tone="baik" title={unsent > 0 ? t("petugas.keluar.belum", { n: unsent }) : t("petugas.keluar.semua")}>
            <Safe>{t("petugas.keluar.aman")}</Safe>
          </Message>
          <p class="deret">
            <Button look="utama" onPress={leave} mark="keluar-ya">{t("petugas.keluar.ya")}</Button>
            <Button onPress={() => setAsking(false)}>{t("petugas.kembali")}</Button>
          </p>
        </Sheet>
      )}
    </>
  );
}

export function Screen() {
  const { tablet, operator, waste_bank_id, state } = useWatched(session);
  const now = useWatched(language);
  const practising = useWatched(practice.on);
  const updateWaits = useWatched(app.updateWaits);
  const idle = useWatched(idleMinutes);
  const banks = operator?.waste_bank_ids ?? [];
  return (
    <Page title={t("petugas.setelan.judul")} lead={tablet?.name ?? ""}>
      <Choices
        label={t("bersama.bahasa")}
        value={now}
        choices={[{ value: "id", words: "Bahasa Indonesia" }, { value: "en", words: "English" }]}
        onChoose={(chosen) => void setLanguage(chosen)}
      />
      {banks.length > 1 && (
        <Choices
          label={t("petugas.setelan.bank")}
          value={waste_bank_id ?? ""}
          choices={banks.map((bank) => ({ value: bank, words: bankName(bank) }))}
          onChoose={chooseBank}
        />
      )}
      {operator !== null && (
        <Choices
          label={t("petugas.setelan.kunci_sendiri")}
          value={String(idle)}
          choices={IDLE_CHOICES.map((minutes) => ({ value: String(minutes), words: t("petugas.setelan.kunci_menit", { n: minutes }) }))}
          onChoose={(chosen) => void chooseIdle(Number(chosen))}
        />
      )}
      <section class="tumpuk rapat" aria-label={t("petugas.setelan.alat")}>
        <h2>{t("petugas.setelan.alat")}</h2>
        <ul class="daftar">
          <Device title={t("petugas.setelan.pencetak")} port={ports.printer} />
          <Device title={t("petugas.setelan.timbangan")} port={ports.scale} />
        </ul>
      </section>
      <ReadinessCard />
      <section class="kartu" aria-label={t("petugas.setelan.tablet")}>
        <h2>{t("petugas.setelan.tablet")}</h2>
        <Storage />
        {updateWaits && (
          <p>
            <UpdateButton />
          </p>
        )}
      </section>
      <ExportQueue />
      <p class="deret">
        <LinkButton href={to("pulihkan")} icon="pindai">{t("petugas.pulihkan.judul")}</LinkButton>
        <Button icon="latihan" onPress={() => (practising ? practice.stop() : practice.start())}>
          {t(practising ? "petugas.latihan.selesai" : "petugas.latihan.mulai")}
        </Button>
        {state === "locked" && <LinkButton href={to("masuk")} icon="masuk">{t("petugas.masuk.judul")}</LinkButton>}
      </p>
      {operator !== null && <SignOut />}
      <p class="kecil redup">{tablet !== null && t("petugas.setelan.nomor_tablet", { nomor: tablet.tablet_id, jam: formatWhen(ports.clock.now()) })}</p>
    </Page>
  );
}
