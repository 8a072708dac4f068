/** A school class or neighbourhood in one go: one list, many members, each row a deposit of its own. */
import { useEffect, useState } from "preact/hooks";
import { drafts, formatRupiah, members, ports, prices, saveGroup, session, t } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { forgetDraft, keepDraft, openDraft } from "../components/drafting.ts";
import { Finder } from "../components/finder.tsx";
import { type Goods, goodsOf, perUnit } from "../components/goods.ts";
import { forgetList, keepList, lastOf, readList, rememberGroup } from "../components/grouplist.ts";
import { GroupRowCells, isWrong, linesOf, rowOf, type TypedRow } from "../components/grouprow.tsx";
import { ItemGrid } from "../components/itemgrid.tsx";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { type Person, personOf } from "../components/people.ts";
import { Sheet } from "../components/sheet.tsx";
import { to } from "../router.ts";

const MOST_ROWS = 60;
const MOST_COLUMNS = 6;

function Saved({ count, rupiah, onNext }: { count: number; rupiah: number; onNext: () => void }) {
  return (
    <Page title={t("petugas.rombongan.tersimpan")}>
      <Message tone="baik" title={t("petugas.rombongan.tersimpan_n", { n: count, uang: formatRupiah(rupiah) })}>
        <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
      </Message>
      <p class="deret">
        <Button look="utama" icon="rombongan" onPress={onNext}>{t("petugas.rombongan.lagi")}</Button>
        <LinkButton href={to("riwayat")} icon="struk">{t("petugas.rombongan.lihat")}</LinkButton>
      </p>
    </Page>
  );
}

function GroupChoice({ group, onGroup }: { group: string | null; onGroup: (memberId: string | null) => void }) {
  const groups = members.groups();
  if (groups.length === 0) return null;
  return (
    <div class="isian">
      <label for="rombongan">{t("petugas.rombongan.kelompok")}</label>
      <select id="rombongan" value={group ?? ""} onChange={(event) => onGroup(event.currentTarget.value || null)}>
        <option value="">{t("petugas.rombongan.tanpa_kelompok")}</option>
        {groups.map((each) => <option key={each.member_id} value={each.member_id}>{each.name}</option>)}
      </select>
    </div>
  );
}

export function Screen() {
  const bank = session.value.waste_bank_id;
  const now = bank === null ? null : prices.current(bank, ports.clock.now());
  const goods = now === null ? [] : goodsOf(now);
  const [list, setList] = useState(readList);
  const [rows, setRows] = useState<readonly TypedRow[]>([]);
  const [picking, setPicking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [saved, setSaved] = useState<{ count: number; rupiah: number } | null>(null);
  const columns = list.columns.flatMap((key) => goods.find((each) => each.key === key) ?? []);

  useEffect(() => {
    void drafts.list().then((found) => {
      const mine = new Map(found.map(({ draft }) => [draft.deposit_id, draft]));
      setRows(list.rows.flatMap((id) => mine.get(id) ?? []).map(rowOf));
    });
  }, []);
  const keep = (next: readonly TypedRow[], change: Partial<typeof list> = {}) => {
    const kept = { ...list, ...change, rows: next.map(({ draft }) => draft.deposit_id) };
    setRows(next);
    setList(kept);
    keepList(kept);
  };
  const add = (person: Person) => {
    if (rows.some(({ draft }) => draft.member_id === person.member_id)) {
      setFault(t("petugas.rombongan.sudah_ada", { nama: person.name }));
      return;
    }
    const draft = openDraft(person.member_id);
    setFault(null);
    if (draft !== null) keep([...rows, rowOf(draft)]);
  };
  const missing = list.group === null ? [] : lastOf(list.group)
    .filter((id) => personOf(id) !== null && !rows.some(({ draft }) => draft.member_id === id)).slice(0, MOST_ROWS - rows.length);
  const addAll = () => keep([...rows, ...missing.flatMap((id) => openDraft(id) ?? []).map(rowOf)]);
  const type = (at: number, key: string, text: string) => {
    const row = rows[at];
    if (row === undefined) return;
    const texts = { ...row.texts, [key]: text };
    const draft = { ...row.draft, lines: linesOf(texts, columns) };
    keepDraft(draft);
    keep(rows.map((each, other) => (other === at ? { draft, texts } : each)));
  };
  const drop = async (at: number) => {
    const row = rows[at];
    keep(rows.filter((_, other) => other !== at));
    if (row !== undefined) await forgetDraft(row.draft.deposit_id);
  };
  const chooseColumn = (chosen: Goods) => {
    const has = list.columns.includes(chosen.key);
    keep(rows, { columns: has ? list.columns.filter((key) => key !== chosen.key) : [...list.columns, chosen.key].slice(-MOST_COLUMNS) });
    setPicking(false);
  };
  const filled = rows.filter(({ draft }) => draft.lines.length > 0);
  const rupiah = filled.reduce((sum, { draft }) => sum + draft.lines.reduce((of, line) => of + line.shown_rupiah, 0), 0);
  const save = async () => {
    if (rows.some(({ texts }) => columns.some((each) => isWrong(texts[each.key], each)))) {
      setFault(t("petugas.rombongan.ada_salah"));
      return;
    }
    try {
      await saveGroup(filled.map(({ draft }) => ({ deposit_id: draft.deposit_id, member_id: draft.member_id, lines: draft.lines })));
    } catch {
      setFault(t("petugas.simpan.gagal"));
      return;
    }
    if (list.group !== null) rememberGroup(list.group, rows.map(({ draft }) => draft.member_id));
    for (const { draft } of rows) await forgetDraft(draft.deposit_id);
    forgetList();
    setSaved({ count: filled.length, rupiah });
  };
  if (saved !== null) {
    return <Saved {...saved} onNext={() => {
      setSaved(null);
      setRows([]);
      setList(readList());
    }} />;
  }
  return (
    <Page title={t("petugas.rombongan.judul")} lead={t("petugas.rombongan.isi")} wide>
      {now === null && <Message tone="awas" title={t("petugas.timbang.tanpa_harga")} />}
      <GroupChoice group={list.group} onGroup={(group) => keep(rows, { group })} />
      <div class="deret" role="group" aria-label={t("petugas.rombongan.kolom")}>
        {columns.map((each) => (
          <button type="button" class="tanda" aria-pressed key={each.key} onClick={() => chooseColumn(each)}>
            {each.name}{each.gradeName !== "" && `, ${each.gradeName.toLowerCase()}`} ×
          </button>
        ))}
        <Button icon="tambah" onPress={() => setPicking(true)}>{t("petugas.rombongan.tambah_kolom")}</Button>
      </div>
      {columns.length > 0 && missing.length > 0 && (
        <p>
          <Button icon="rombongan" onPress={addAll}>{t("petugas.rombongan.seperti_terakhir", { n: missing.length })}</Button>
        </p>
      )}
      {columns.length > 0 && rows.length > 0 && (
        <div class="gulir" role="region" aria-label={t("petugas.rombongan.daftar")} tabIndex={0}>
          <table class="tabel">
            <thead>
              <tr>
                <th scope="col">{t("petugas.rombongan.nama")}</th>
                {columns.map((each) => <th scope="col" key={each.key}>{each.name} ({perUnit(each.unit)})</th>)}
                <th scope="col" class="angka">{t("petugas.nilai.kotor")}</th>
                <th scope="col"><span class="sembunyi">{t("petugas.rombongan.hapus")}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <GroupRowCells key={row.draft.deposit_id} row={row} columns={columns} onType={(key, text) => type(at, key, text)} onDrop={() => drop(at)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {columns.length > 0 && rows.length < MOST_ROWS && <Finder key={rows.length} label={t("petugas.rombongan.tambah")} onPick={add} />}
      {fault !== null && <Message tone="awas" title={fault} />}
      <p class="deret ujung">
        <span class="uang besar">{formatRupiah(rupiah)}</span>
        <Button look="utama besar" icon="centang" disabled={filled.length === 0} onPress={save}>{t("petugas.rombongan.simpan", { n: filled.length })}</Button>
      </p>
      {picking && (
        <Sheet title={t("petugas.rombongan.tambah_kolom")} onClose={() => setPicking(false)} wide>
          <ItemGrid goods={goods} chosen={null} onChoose={chooseColumn} />
          <Button onPress={() => setPicking(false)}>{t("petugas.kembali")}</Button>
        </Sheet>
      )}
    </Page>
  );
}
