/** Makes this browser a waste bank's tablet: the set-up code from the office, by camera or typed. Once, with a signal. */
import { useState } from "preact/hooks";
import { readSetUpCode, setUpTablet, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { TextField } from "../components/fields.tsx";
import { Message } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { Scanner } from "../components/scanner.tsx";
import { Steps } from "../components/steps.tsx";
import { go, type Route, to } from "../router.ts";

export function Screen({ route }: { route: Route }) {
  // A link from the office or from the newcomer's page brings the code along.
  const [text, setText] = useState(route.query.get("kode") ?? "");
  const [scanning, setScanning] = useState(false);
  const [fault, setFault] = useState<string>();
  const [silent, setSilent] = useState(false);
  const use = async (given: string) => {
    const code = readSetUpCode(given);
    if (code === null) {
      setFault(t("petugas.siapkan.kode_salah"));
      return;
    }
    setFault(undefined);
    setSilent(false);
    setScanning(false);
    const outcome = await setUpTablet(code);
    if (outcome.ok) go(to("masuk"), true);
    else if (outcome.code === "no_answer") setSilent(true);
    else if (outcome.code === "storage_full") setFault(t("petugas.siapkan.penuh"));
    else if (outcome.code === "unsent_first") setFault(t("petugas.siapkan.belum_terkirim"));
    else setFault(outcome.detail ?? t("petugas.siapkan.kode_ditolak"));
  };
  return (
    <Page title={t("petugas.siapkan.judul")} back={null} lead={t("petugas.siapkan.isi")}>
      <Steps now={1} />
      {silent && (
        <Message tone="awas" title={t("petugas.siapkan.tanpa_sinyal")}>
          <p>{t("petugas.siapkan.tanpa_sinyal_lalu")}</p>
        </Message>
      )}
      {scanning ? (
        <Scanner label={t("petugas.siapkan.pindai")} onText={(given) => void use(given)} onClose={() => setScanning(false)} />
      ) : (
        <p>
          <Button look="utama besar" icon="kamera" onPress={() => setScanning(true)}>{t("petugas.siapkan.pindai")}</Button>
        </p>
      )}
      <form
        class="tumpuk"
        onSubmit={(event) => {
          event.preventDefault();
          void use(text);
        }}
      >
        <TextField
          label={t("petugas.siapkan.ketik")}
          hint={t("petugas.siapkan.ketik_petunjuk")}
          value={text}
          onInput={setText}
          fault={fault}
          mark="kode-siapkan"
        />
        <p>
          <Button look="utama" onPress={() => use(text)} disabled={text.trim() === ""} mark="siapkan">{t("petugas.siapkan.pakai")}</Button>
        </p>
      </form>
    </Page>
  );
}
