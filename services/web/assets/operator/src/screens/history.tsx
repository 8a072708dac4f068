/** What this tablet weighed, by day: to look at again, print again or correct. */
import { dayOf, formatDay, formatRupiah, formatWhen, outbox, type Row, t } from "../core/index.ts";
import { LinkButton } from "../components/button.tsx";
import { useWatched } from "../components/hooks.ts";
import { Page } from "../components/page.tsx";
import { inOneLine, nameOf, tellingApart } from "../components/people.ts";
import { savedWorth } from "../components/printing.tsx";
import { DepositBadge, fateOf } from "../components/rowstate.tsx";
import { to } from "../router.ts";

const MOST = 300;

export function Screen() {
  const all = useWatched(outbox.rows);
  const deposits = all.filter((row) => row.kind === "deposit" && row.deposit !== null && row.state !== "draft").slice(0, MOST);
  const days = new Map<string, Row[]>();
  for (const row of deposits) {
    const day = dayOf(row.deposit?.weighed_at ?? row.saved_at);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  return (
    <Page title={t("petugas.riwayat.judul")} lead={t("petugas.riwayat.isi")}>
      {deposits.length === 0 && <p class="redup">{t("petugas.riwayat.kosong")}</p>}
      {[...days].map(([day, rows]) => (
        <section key={day} class="tumpuk rapat" aria-label={formatDay(day)}>
          <h2>{formatDay(day)}</h2>
          <p class="redup">{t("petugas.riwayat.jumlah", { n: rows.filter((row) => fateOf(row.deposit_id, all) === null).length })}</p>
          <ul class="daftar">
            {rows.map((row) => (
              <li key={row.id}>
                <a href={to("struk", row.deposit_id ?? "")}>
                  <span class="tengah">
                    <b>{nameOf(row.member_id)}</b>
                    <br />
                    <span class="redup kecil">{inOneLine(tellingApart(row.member_id), formatWhen(row.saved_at))}</span>
                  </span>
                  <DepositBadge row={row} rows={all} />
                  <span class="uang">{row.deposit !== null && formatRupiah(savedWorth(row.deposit).net_rupiah)}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p>
        <LinkButton href={to("pulihkan")} icon="pindai">{t("petugas.pulihkan.judul")}</LinkButton>
      </p>
    </Page>
  );
}
