/** Who is at the tablet: one of those who signed in here before, by PIN, with or without a signal. */
import { useEffect, useState } from "preact/hooks";
import { idleMinutes, knownOperators, lockedItself, type Operator, t, type Trouble, unlock } from "../core/index.ts";
import { LinkButton } from "../components/button.tsx";
import { useWatched } from "../components/hooks.ts";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { PinPad } from "../components/pinpad.tsx";
import { go, readRoute, to } from "../router.ts";

/** Counts down to the next try, so that nobody taps at keys that do nothing. */
function useWait(): [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, [until]);
  const wait = (seconds: number) => {
    setNow(performance.now());
    setUntil(seconds === 0 ? 0 : performance.now() + seconds * 1000);
  };
  return [Math.max(0, Math.ceil((until - now) / 1000)), wait];
}

function troubleWords({ code, detail }: Trouble, seconds: number): string {
  if (code === "wrong_pin") return seconds > 0 ? t("petugas.buka.pin_salah_tunggu", { n: seconds }) : t("petugas.buka.pin_salah");
  if (code === "wait") return t("petugas.buka.tunggu", { n: seconds });
  return detail ?? t("petugas.buka.gagal");
}

export function Unlock() {
  const [operators, setOperators] = useState<readonly Operator[] | null>(null);
  const [chosen, setChosen] = useState<Operator | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [seconds, wait] = useWait();
  const [round, setRound] = useState(0);
  const [opening, setOpening] = useState(false);
  const byItself = useWatched(lockedItself);

  useEffect(() => {
    void knownOperators().then((known) => {
      if (known.length === 0) go(to("masuk"), true);
      setOperators(known);
      setChosen(known.length === 1 ? known[0] ?? null : null);
    });
  }, []);

  const tryPin = async (pin: string) => {
    if (chosen === null) return;
    setOpening(true);
    const outcome = await unlock(chosen.operator_id, pin);
    setOpening(false);
    setRound((count) => count + 1);
    if (!outcome.ok) {
      setTrouble(outcome);
      wait(outcome.wait_s);
      return;
    }
    if (readRoute(location.hash).name === "buka") go(to(""), true);
  };

  if (operators === null) return null;
  return (
    <Page title={t(chosen === null ? "petugas.buka.siapa" : "petugas.buka.judul")} back={null}>
      {byItself && trouble === null && <p data-uji="terkunci-sendiri">{t("petugas.buka.terkunci_sendiri", { n: idleMinutes.value })}</p>}
      {chosen === null ? (
        <div class="petak">
          {operators.map((each) => (
            <button type="button" class="ubin" key={each.operator_id} onClick={() => setChosen(each)}>{each.code}</button>
          ))}
        </div>
      ) : (
        <div class="sempit tumpuk">
          <p>{t("petugas.buka.untuk", { kode: chosen.code })}</p>
          {trouble !== null && (
            <Message tone="awas" title={troubleWords(trouble, seconds)}>
              <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
            </Message>
          )}
          <PinPad label={t("petugas.pin.judul")} onPin={tryPin} blocked={opening || seconds > 0} round={round} />
        </div>
      )}
      <p class="deret">
        {chosen !== null && operators.length > 1 && (
          <button type="button" class="tombol" onClick={() => setChosen(null)}>{t("petugas.buka.orang_lain")}</button>
        )}
        <LinkButton href={to("masuk")} icon="tambah">{t("petugas.buka.petugas_baru")}</LinkButton>
        <LinkButton href={to("antrean")} icon="antrean">{t("petugas.antrean.judul")}</LinkButton>
      </p>
    </Page>
  );
}
