/** Every record of the tablet with where it stands and why; each can be tried again by itself. */
import { useState } from "preact/hooks";
import { flush, formatWhen, outbox, type Row, type RowState, t } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { useWatched } from "../components/hooks.ts";
import { Icon } from "../components/icon.tsx";
import { Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { kindIcon, kindWords, reasonWords, StateBadge } from "../components/rowstate.tsx";
import { to } from "../router.ts";

type Filter = "belum" | "periksa" | "terkirim" | "semua";

const FILTERS: readonly { value: Filter; key: string }[] = [
  { value: "belum", key: "petugas.antrean.belum" },
  { value: "periksa", key: "petugas.antrean.periksa" },
  { value: "terkirim", key: "petugas.antrean.terkirim" },
  { value: "semua", key: "petugas.antrean.semua" },
];

const TROUBLED: readonly RowState[] = ["conflict", "invalid", "quarantined", "waiting_for_member"];
const MOST = 300;

function passes(row: Row, filter: Filter): boolean {
  if (row.state === "draft") return false;
  if (filter === "semua") return true;
  if (filter === "periksa") return TROUBLED.includes(row.state);
  if (filter === "terkirim") return row.state === "recorded";
  return row.state !== "recorded" && row.state !== "quarantined" && row.state !== "waiting_for_member";
}

function One({ row }: { row: Row }) {
  const why = reasonWords(row);
  const sendable = row.state !== "recorded" && row.state !== "quarantined" && row.state !== "waiting_for_member";
  return (
    <li data-uji="baris-antrean" data-keadaan={row.state} data-baris={row.id}>
      <div class="baris">
        <Icon name={kindIcon(row.kind)} />
        <span class="tengah">
          <b>{kindWords(row.kind)}</b> {nameOf(row.member_id)}
          <br />
          <span class="redup kecil">
            {formatWhen(row.saved_at)}
            {row.answered_at !== null && ` · ${t("petugas.antrean.dijawab", { jam: formatWhen(row.answered_at) })}`}
            {row.carried && ` · ${t("petugas.antrean.dari_struk")}`}
          </span>
          {why !== null && <><br /><span class="kecil">{why}</span></>}
        </span>
        <StateBadge state={row.state} />
        {row.state === "need_sign_in" && <LinkButton href={to("masuk")} icon="kunci">{t("petugas.antrean.masuk")}</LinkButton>}
        {sendable && <Button icon="ulang" onPress={() => outbox.retry(row.id)}>{t("petugas.antrean.coba")}</Button>}
        {row.carried && row.state === "invalid" && (
          <Button look="polos" icon="buang" onPress={() => outbox.dismiss(row.id)}>{t("petugas.antrean.singkirkan")}</Button>
        )}
        {row.deposit !== null && <LinkButton href={to("struk", row.deposit_id ?? "")} icon="struk">{t("petugas.antrean.lihat")}</LinkButton>}
      </div>
    </li>
  );
}

export function Screen() {
  const rows = useWatched(outbox.rows);
  const { troubled } = useWatched(outbox.safety);
  const [filter, setFilter] = useState<Filter>(troubled > 0 ? "semua" : "belum");
  const shown = rows.filter((row) => passes(row, filter));
  return (
    <Page title={t("petugas.antrean.judul")}>
      <Safe>{t("petugas.antrean.aman")}</Safe>
      <p class="deret">
        <Button look="utama" icon="kirim" onPress={() => flush()}>{t("petugas.antrean.kirim")}</Button>
        <LinkButton href={to("setelan")} icon="unduh">{t("petugas.antrean.ekspor")}</LinkButton>
        <LinkButton href={to("pulihkan")} icon="pindai">{t("petugas.pulihkan.judul")}</LinkButton>
      </p>
      <div class="deret" role="group" aria-label={t("petugas.antrean.saring")}>
        {FILTERS.map(({ value, key }) => (
          <button type="button" class="tanda" key={value} aria-pressed={filter === value} onClick={() => setFilter(value)}>
            {t(key)} ({rows.filter((row) => passes(row, value)).length})
          </button>
        ))}
      </div>
      {shown.length === 0 && <p class="redup">{t("petugas.antrean.kosong")}</p>}
      {shown.length > 0 && (
        <ul class="daftar" data-uji="antrean">
          {shown.slice(0, MOST).map((row) => <One key={row.id} row={row} />)}
        </ul>
      )}
      {shown.length > MOST && <p class="redup">{t("petugas.antrean.lebih", { n: shown.length - MOST })}</p>}
    </Page>
  );
}
