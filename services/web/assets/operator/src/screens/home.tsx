/** What to do next. Everything that works without a signal comes first. */
import { useEffect, useState } from "preact/hooks";
import { drafts, type DepositDraft, formatWhen, listPickups, outbox, practice, t } from "../core/index.ts";
import { useWatched } from "../components/hooks.ts";
import { Icon } from "../components/icon.tsx";
import { listRows } from "../components/grouplist.ts";
import { Page } from "../components/page.tsx";
import { inOneLine, nameOf, tellingApart } from "../components/people.ts";
import { ReadinessCard } from "../components/readiness.tsx";
import { to } from "../router.ts";

interface Tile {
  readonly name: string;
  readonly icon: string;
  readonly words: string;
  readonly note?: string;
}

function Draft({ draft, savedAt }: { draft: DepositDraft; savedAt: number }) {
  return (
    <li>
      <a href={to("timbang", draft.deposit_id)}>
        <Icon name="timbang" />
        <span class="tengah">
          <b>{nameOf(draft.member_id)}</b>
          <br />
          <span class="redup kecil">{inOneLine(tellingApart(draft.member_id), t("petugas.beranda.draf_isi", { n: draft.lines.length, jam: formatWhen(savedAt) }))}</span>
        </span>
        <Icon name="kanan" />
      </a>
    </li>
  );
}

export function Home() {
  const { unsent, troubled } = useWatched(outbox.safety);
  const practising = useWatched(practice.on);
  const [open, setOpen] = useState<Awaited<ReturnType<typeof drafts.list>>>([]);
  const [calls, setCalls] = useState(0);
  useEffect(() => {
    const ofList = new Set(listRows());
    void drafts.list().then((found) => setOpen(found.filter(({ draft }) => !ofList.has(draft.deposit_id))));
    void listPickups().then((found) => setCalls(found.filter((each) => !each.done).length));
  }, [practising]);
  useEffect(() => {
    // The next tap is most likely this one: its screen is at hand before it is wanted.
    void import("./weigh.tsx").catch(() => undefined);
  }, []);
  const tiles: Tile[] = [
    { name: "karung", icon: "karung", words: t("petugas.karung.ubin") },
    { name: "rombongan", icon: "rombongan", words: t("petugas.rombongan.ubin") },
    {
      name: "jemput", icon: "jemput", words: t("petugas.jemput.ubin"),
      ...(calls > 0 && { note: t("petugas.jemput.ubin_sisa", { n: calls }) }),
    },
    { name: "tukar", icon: "tukar", words: t("petugas.tukar.ubin"), note: t("petugas.perlu_sinyal") },
    { name: "anggota", icon: "anggota", words: t("petugas.anggota.ubin") },
    { name: "tutup-hari", icon: "tutup-hari", words: t("petugas.tutup.ubin") },
    {
      name: "antrean", icon: "antrean", words: t("petugas.antrean.ubin"),
      note: troubled > 0 ? t("petugas.antrean.ubin_periksa", { n: troubled }) : t("petugas.antrean.ubin_n", { n: unsent }),
    },
    { name: "riwayat", icon: "jam", words: t("petugas.riwayat.ubin") },
    { name: "setelan", icon: "setelan", words: t("petugas.setelan.ubin") },
  ];
  return (
    <Page title={t("petugas.beranda.judul")} back={null}>
      {open.length > 0 && (
        <section class="tumpuk rapat" aria-label={t("petugas.beranda.draf")}>
          <h2>{t("petugas.beranda.draf")}</h2>
          <ul class="daftar">
            {open.map(({ draft, saved_at }) => <Draft key={draft.deposit_id} draft={draft} savedAt={saved_at} />)}
          </ul>
        </section>
      )}
      <a class="ubin utama raya" href={to("timbang")} data-uji="ubin-timbang">
        <Icon name="timbang" big />
        <span>{t("petugas.timbang.ubin")}</span>
      </a>
      <nav class="petak ubin-awal" aria-label={t("petugas.beranda.lain")}>
        {tiles.map((each) => (
          <a class="ubin" key={each.name} href={to(each.name)} data-uji={`ubin-${each.name}`}>
            <Icon name={each.icon} />
            <span>{each.words}</span>
            {each.note !== undefined && <small>{each.note}</small>}
          </a>
        ))}
      </nav>
      <ReadinessCard />
      {!practising && (
        <p>
          <button type="button" class="tombol polos" onClick={() => practice.start()}>
            <Icon name="latihan" />
            {t("petugas.latihan.mulai")}
          </button>
        </p>
      )}
    </Page>
  );
}
