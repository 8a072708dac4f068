/** Around every screen: whose tablet this is, and the one true sentence about what is safe, which never leaves the view. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { app, bankName, bankNames, knowledge, lock, outbox, practice, session, t, watchIdle } from "../core/index.ts";
import { go, readRoute, to, WITHOUT_UNLOCKING } from "../router.ts";
import { Button } from "./button.tsx";
import { useWatched } from "./hooks.ts";
import { Icon } from "./icon.tsx";
import { UpdateButton } from "./updating.tsx";

function Sentence() {
  const safety = useWatched(outbox.safety);
  const tone = safety.troubled > 0 ? "awas" : safety.unsent > 0 ? "tahu" : "baik";
  return (
    <a class={`jaga ${tone}`} href={to("antrean")} data-uji="kalimat-aman">
      <Icon name={tone === "baik" ? "aman" : tone === "awas" ? "awas" : "antrean"} />
      <span role="status" aria-live="polite">{safety.sentence}</span>
    </a>
  );
}

/** What the operator has to know now, one line each; nothing of it stops the work. */
function Notices() {
  const { state } = useWatched(session);
  const practising = useWatched(practice.on);
  const readiness = useWatched(knowledge.state);
  const updateWaits = useWatched(app.updateWaits);
  return (
    <>
      {practising && (
        <p class="jaga awas" role="status" data-uji="latihan">
          <Icon name="latihan" />
          <span>{t("petugas.latihan.tanda")}</span>
          <Button look="polos" onPress={() => practice.stop()}>{t("petugas.latihan.selesai")}</Button>
        </p>
      )}
      {state === "need_sign_in" && (
        <a class="jaga awas" href={to("masuk")}>
          <Icon name="kunci" />
          <span>{t("petugas.sesi.perlu_masuk")}</span>
        </a>
      )}
      {readiness.clockWrong && (
        <p class="jaga awas" role="status">
          <Icon name="jam" />
          <span>{t("petugas.jam.salah", { menit: Math.round(Math.abs(readiness.clockOffsetMs ?? 0) / 60_000) })}</span>
        </p>
      )}
      {readiness.lowSpace && (
        <p class="jaga awas" role="status">
          <Icon name="awas" />
          <span>{t("petugas.ruang.sempit")}</span>
        </p>
      )}
      {updateWaits && (
        <p class="jaga tahu" role="status">
          <Icon name="kabar" />
          <span>{t("petugas.versi.menunggu")}</span>
          <UpdateButton plain />
        </p>
      )}
    </>
  );
}

/** What was begun stays open behind the PIN; screens that are open to everybody give way to it. */
function lockUp(): void {
  lock();
  if (WITHOUT_UNLOCKING.has(readRoute(location.hash).name)) go(to("buka"));
}

export function Frame({ children }: { children: ComponentChildren }) {
  const { state, operator, tablet, waste_bank_id } = useWatched(session);
  const practising = useWatched(practice.on);
  // Their change draws the head anew.
  useWatched(bankNames);
  useEffect(() => void watchIdle(lockUp), []);
  return (
    <div class={practising ? "bingkai latihan" : "bingkai"}>
      <a class="lewati tombol" href="#isi" onClick={(event) => {
        // The address behind # is the screen; jumping to the content must not leave it.
        event.preventDefault();
        document.querySelector<HTMLElement>("h1")?.focus();
      }}>
        {t("bersama.lewati")}
      </a>
      <header class="kepala">
        <a class="merek" href={to("")}>
          <Icon name="timbang" />
          <span>{tablet === null ? t("bersama.nama") : bankName(waste_bank_id ?? tablet.waste_bank_id)}</span>
        </a>
        {operator !== null && state !== "locked" && (
          <>
            <span class="redup">{operator.code}</span>
            <Button icon="kunci" onPress={lockUp}>
              <span class="kata">{t("petugas.kunci")}</span>
            </Button>
          </>
        )}
      </header>
      {tablet !== null && <Sentence />}
      <Notices />
      {children}
    </div>
  );
}
