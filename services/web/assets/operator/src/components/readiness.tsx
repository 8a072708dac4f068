/** Whether the tablet may go where there is no signal, and how old what it knows is. */
import { knowledge, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { useState } from "preact/hooks";
import { useWatched } from "./hooks.ts";
import { Icon } from "./icon.tsx";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** `3 jam lalu`: how long ago the server told it. */
export function ageWords(age: number | null): string {
  if (age === null) return t("petugas.umur.belum");
  if (age < 2 * MINUTE) return t("petugas.umur.baru");
  if (age < 2 * HOUR) return t("petugas.umur.menit", { n: Math.round(age / MINUTE) });
  if (age < 48 * HOUR) return t("petugas.umur.jam", { n: Math.round(age / HOUR) });
  return t("petugas.umur.hari", { n: Math.round(age / (24 * HOUR)) });
}

export function ReadinessCard() {
  const readiness = useWatched(knowledge.state);
  const [silent, setSilent] = useState(false);
  const facts: [string, string][] = [
    [t("petugas.siap.harga"), ageWords(readiness.pricesAge)],
    [
      t("petugas.siap.nasabah"),
      t("petugas.siap.nasabah_umur", { n: readiness.membersCount, umur: ageWords(readiness.membersAge) }),
    ],
    [t("petugas.siap.jemput"), ageWords(readiness.pickupsAge)],
  ];
  return (
    <section class="kartu" data-uji="siap">
      <h2 class="deret">
        <Icon name={readiness.ready ? "benar" : "awas"} />
        {t(readiness.ready ? "petugas.siap.ya" : "petugas.siap.belum")}
      </h2>
      <dl class="fakta">
        {facts.map(([label, words]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {!readiness.ready && <p>{t("petugas.siap.belum_lalu")}</p>}
      {silent && <p role="status">{t("petugas.siap.tanpa_jawaban")}</p>}
      <p>
        <Button icon="ulang" onPress={async () => setSilent(!(await knowledge.refresh()))}>{t("petugas.siap.perbarui")}</Button>
      </p>
    </section>
  );
}
