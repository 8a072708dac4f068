/** What was saved, for the resident to see, scan or take along on paper. Also the way to correct it. */
import { bankName, formatDay, dayOf, formatWhen, outbox, receiptText, t } from "../core/index.ts";
import { LinkButton } from "../components/button.tsx";
import { useWatched } from "../components/hooks.ts";
import { Icon } from "../components/icon.tsx";
import { LineList, WorthList } from "../components/lines.tsx";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf, tellingApart } from "../components/people.ts";
import { PrintButton, receiptOf, savedWorth } from "../components/printing.tsx";
import { Qr } from "../components/qr.tsx";
import { DepositBadge, fateOf, reasonWords } from "../components/rowstate.tsx";
import { type Route, to } from "../router.ts";

export function Screen({ route }: { route: Route }) {
  const [depositId = ""] = route.parts;
  const fresh = route.query.has("baru");
  const rows = useWatched(outbox.rows);
  const row = rows.find((each) => each.kind === "deposit" && each.deposit_id === depositId);
  const saved = row?.deposit ?? null;
  if (row === undefined || saved === null) {
    return (
      <Page title={t("petugas.struk.judul")} back={to("riwayat")}>
        <Message title={t("petugas.struk.tidak_ada")}>
          <Safe>{t("petugas.struk.tidak_ada_aman")}</Safe>
        </Message>
      </Page>
    );
  }
  const fate = fateOf(depositId, rows);
  const qr = receiptText(depositId);
  const why = reasonWords(row);
  return (
    <Page title={t(fresh ? "petugas.simpan.beres" : "petugas.struk.judul")} back={fresh ? null : to("riwayat")}>
      {fresh && (
        <p class="deret besar-kecil">
          <LinkButton href={to("timbang")} look="utama besar" icon="timbang">{t("petugas.simpan.berikut")}</LinkButton>
          <LinkButton href={to("")} icon="rumah">{t("petugas.simpan.ke_awal")}</LinkButton>
        </p>
      )}
      {row.twin_of !== null && (
        <Message tone="awas" title={t("petugas.kembar.server")}>
          <p>{t("petugas.kembar.server_lalu")}</p>
        </Message>
      )}
      {fate?.key === "petugas.status.dibatalkan" && <Message tone="awas" title={t("petugas.struk.dibatalkan")} />}
      {fate?.key === "petugas.status.diganti" && (
        <Message tone="awas" title={t("petugas.struk.diganti")}>
          <p><a href={to("struk", fate.by.deposit_id ?? "")}>{t("petugas.struk.lihat_pengganti")}</a></p>
        </Message>
      )}
      <div class="struk">
        <section class="karcis" aria-label={t("petugas.struk.judul")} data-uji="struk">
          <p class="deret ujung">
            <span>{bankName(saved.waste_bank_id)}</span>
            <DepositBadge row={row} rows={rows} />
          </p>
          <h2 class="nama-warga">{nameOf(saved.member_id)}</h2>
          <p class="redup">{tellingApart(saved.member_id)}</p>
          <p class="redup">{formatDay(dayOf(saved.weighed_at))}, {formatWhen(saved.weighed_at)}</p>
          <LineList lines={saved.lines} />
          <WorthList worth={savedWorth(saved)} />
          {why !== null && <p class="redup">{why}</p>}
        </section>
        <section class="tumpuk" aria-label={t("petugas.struk.qr")}>
          {qr !== null && (
            <>
              <Qr text={qr} label={t("petugas.struk.qr")} />
              <p class="kecil redup">{t("petugas.struk.qr_lalu")}</p>
            </>
          )}
          <div class="tumpuk rapat"><PrintButton {...receiptOf(saved, fate?.key ?? null)} /></div>
          {!row.carried && fate === null && (
            <a class="tombol" href={to("perbaiki", depositId)}>
              <Icon name="ubah" />
              {t("petugas.struk.perbaiki")}
            </a>
          )}
        </section>
      </div>
    </Page>
  );
}
