/** Signs an operator in at the server. From then on the PIN alone opens the tablet, with or without a signal. */
import { useState } from "preact/hooks";
import { knownOperators, session, signIn, t } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { TextField } from "../components/fields.tsx";
import { useLoaded, useWatched } from "../components/hooks.ts";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { PinPad } from "../components/pinpad.tsx";
import { ReadinessCard } from "../components/readiness.tsx";
import { Steps } from "../components/steps.tsx";
import { to } from "../router.ts";

export function Screen() {
  const { state, operator } = useWatched(session);
  const known = operator?.code ?? "";
  const [code, setCode] = useState(known);
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<{ title: string; lead: string | null } | null>(null);
  const [round, setRound] = useState(0);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const { value: others = [] } = useLoaded(knownOperators, []);

  const tryPin = async (pin: string) => {
    setBusy(true);
    const outcome = await signIn(code.trim(), pin);
    setBusy(false);
    setRound((count) => count + 1);
    if (outcome.ok) {
      setDone(true);
      return;
    }
    const silent = outcome.code === "no_answer";
    setTrouble({
      title: outcome.detail ?? t(silent ? "petugas.masuk.tanpa_sinyal" : outcome.code === "wrong_pin" ? "petugas.buka.pin_salah" : "petugas.buka.gagal"),
      lead: silent ? t("petugas.masuk.tanpa_sinyal_lalu") : outcome.wait_s > 0 ? t("petugas.buka.tunggu", { n: outcome.wait_s }) : null,
    });
  };
  if (done && state !== "locked") {
    return (
      <Page title={t("petugas.masuk.beres")} back={null}>
        <Steps now={3} />
        <ReadinessCard />
        <p>
          <LinkButton href={to("")} look="utama besar" icon="kanan">{t("petugas.masuk.mulai")}</LinkButton>
        </p>
        <p class="redup">{t("petugas.masuk.pasang")}</p>
      </Page>
    );
  }
  return (
    <Page
      title={t("petugas.masuk.judul")}
      back={state !== "locked" ? to("") : others.length > 0 ? to("buka") : null}
      {...(!asking && { lead: t("petugas.masuk.isi") })}
    >
      {others.length === 0 && !asking && <Steps now={2} />}
      {trouble !== null && (
        <Message tone="awas" title={trouble.title}>
          <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
          {trouble.lead !== null && <p>{trouble.lead}</p>}
        </Message>
      )}
      {!asking ? (
        <form
          class="sempit tumpuk"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim() !== "") setAsking(true);
          }}
        >
          <TextField label={t("petugas.masuk.kode")} hint={t("petugas.masuk.kode_petunjuk")} value={code} onInput={setCode} complete="username" mark="kode-petugas" />
          <p>
            <Button look="utama besar" disabled={code.trim() === ""} onPress={() => setAsking(true)}>{t("petugas.masuk.lanjut")}</Button>
          </p>
        </form>
      ) : (
        <div class="sempit tumpuk">
          <p>{t("petugas.buka.untuk", { kode: code })}</p>
          <PinPad label={t("petugas.pin.judul")} onPin={tryPin} round={round} blocked={busy} />
          {busy && <p role="status">{t("petugas.masuk.bertanya")}</p>}
          <p>
            <Button onPress={() => setAsking(false)}>{t("petugas.masuk.ganti_kode")}</Button>
          </p>
        </div>
      )}
    </Page>
  );
}
