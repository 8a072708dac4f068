/** The day's calls in the order of driving; each is weighed at the door, with or without a signal. */
import { useState } from "preact/hooks";
import { dayOf, formatDay, formatKg, knowledge, listPickups, type Pickup, ports, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { openDraft } from "../components/drafting.ts";
import { useLoaded, useWatched } from "../components/hooks.ts";
import { Badge, Message } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { ageWords } from "../components/readiness.tsx";
import { go, to } from "../router.ts";

const DAY_MS = 86_400_000;
const LATER: readonly number[] = [2, 3, 4, 5, 6, 7];

function Call({ call, at }: { call: Pickup; at: number }) {
  const { place } = call;
  const weigh = () => {
    const draft = openDraft(call.member_id, { channel: "pickup", pickup_id: call.pickup_id });
    if (draft !== null) go(to("timbang", draft.deposit_id));
  };
  return (
    <li class="kartu">
      <p class="deret ujung">
        <b>{at + 1}. {nameOf(call.member_id)}</b>
        {call.done ? (
          <Badge tone="baik">{t("petugas.jemput.selesai")}</Badge>
        ) : (
          call.attempt > 1 && <Badge tone="awas">{t("petugas.jemput.ke", { n: call.attempt })}</Badge>
        )}
      </p>
      <p>
        {place === null ? t("petugas.jemput.tanpa_alamat") : [place.address, place.village].filter(Boolean).join(", ")}
        {place?.note != null && place.note !== "" && <><br /><span class="redup">{place.note}</span></>}
      </p>
      <p class="redup">{t("petugas.jemput.perkiraan", { berat: formatKg(call.estimated_grams) })}</p>
      {!call.done && (
        <p class="deret">
          <Button look="utama" icon="timbang" onPress={weigh}>{t("petugas.jemput.timbang")}</Button>
          {place?.latitude != null && place.longitude != null && (
            <a class="tombol" href={`geo:${place.latitude},${place.longitude}?q=${place.latitude},${place.longitude}`}>{t("petugas.jemput.peta")}</a>
          )}
        </p>
      )}
    </li>
  );
}

export function Screen() {
  const [ahead, setAhead] = useState(0);
  const readiness = useWatched(knowledge.state);
  const dayAhead = (count: number): string => dayOf(ports.clock.now() + count * DAY_MS);
  const day = dayAhead(ahead);
  const { value: calls } = useLoaded(() => listPickups(day), [day, readiness.pickupsAge]);
  // Later days are offered only where somebody waits.
  const { value: later = [] } = useLoaded(async () => {
    const waiting = await Promise.all(LATER.map(async (count) => ((await listPickups(dayAhead(count))).length > 0 ? [count] : [])));
    return waiting.flat();
  }, [readiness.pickupsAge]);
  const slots = [...new Set(calls?.map((call) => call.slot))];
  return (
    <Page title={t("petugas.jemput.judul")} lead={formatDay(day)}>
      <div class="deret" role="group" aria-label={t("petugas.jemput.hari")}>
        <button type="button" class="tanda" aria-pressed={ahead === 0} onClick={() => setAhead(0)}>{t("petugas.jemput.hari_ini")}</button>
        <button type="button" class="tanda" aria-pressed={ahead === 1} onClick={() => setAhead(1)}>{t("petugas.jemput.besok")}</button>
        {later.map((count) => (
          <button type="button" class="tanda" key={count} aria-pressed={ahead === count} onClick={() => setAhead(count)}>
            {formatDay(dayAhead(count)).split(",")[0]}
          </button>
        ))}
        <Button icon="ulang" onPress={() => knowledge.refresh()}>{t("petugas.siap.perbarui")}</Button>
      </div>
      <p class="redup">{t("petugas.jemput.umur", { umur: ageWords(readiness.pickupsAge) })}</p>
      {calls?.length === 0 && <Message title={t("petugas.jemput.kosong")} />}
      {slots.map((slot) => (
        <section key={slot} class="tumpuk rapat" aria-label={t("petugas.jemput.jadwal", { jadwal: slot })}>
          <h2>{t("petugas.jemput.jadwal", { jadwal: slot })}</h2>
          <ol class="tumpuk tanpa-angka">
            {calls?.filter((call) => call.slot === slot).map((call, at) => <Call key={call.pickup_id} call={call} at={at} />)}
          </ol>
        </section>
      ))}
    </Page>
  );
}
