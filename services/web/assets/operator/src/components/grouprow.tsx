/** One member of a class's list: a quantity for each column, and what it comes to. */
import { type DepositDraft, formatRupiah, isLarge, type Line, lineValueRupiah, parseQuantity, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { typedAs } from "./drafting.ts";
import { type Goods, perUnit } from "./goods.ts";
import { nameOf } from "./people.ts";

/** The row as it is typed: a text for each column. */
export interface TypedRow {
  readonly draft: DepositDraft;
  readonly texts: Readonly<Record<string, string>>;
}

export function rowOf(draft: DepositDraft): TypedRow {
  return { draft, texts: Object.fromEntries(draft.lines.map((line) => [`${line.item_code}/${line.grade}`, typedAs(line)])) };
}

/** The lines of what is typed, in the order of the columns; empty cells are no lines, wrong ones are left out. */
export function linesOf(texts: TypedRow["texts"], columns: readonly Goods[]): Line[] {
  return columns.flatMap((goods) => {
    const quantity = parseQuantity(texts[goods.key] ?? "", goods.unit);
    if (quantity === null) return [];
    return [{
      item_code: goods.code,
      grade: goods.grade,
      unit: goods.unit,
      quantity,
      shown_rupiah: lineValueRupiah(goods.unit, quantity, goods.price),
    }];
  });
}

export const isWrong = (text: string | undefined, goods: Goods): boolean =>
  text !== undefined && text.trim() !== "" && parseQuantity(text, goods.unit) === null;

export function GroupRowCells({ row, columns, onType, onDrop }: {
  row: TypedRow;
  columns: readonly Goods[];
  onType: (key: string, text: string) => void;
  onDrop: () => void;
}) {
  const name = nameOf(row.draft.member_id);
  const gross = row.draft.lines.reduce((sum, line) => sum + line.shown_rupiah, 0);
  return (
    <tr>
      <th scope="row">{name}</th>
      {columns.map((goods) => {
        const text = row.texts[goods.key] ?? "";
        const quantity = parseQuantity(text, goods.unit);
        const wrong = isWrong(text, goods);
        return (
          <td key={goods.key} class="isian">
            <input
              class="angka"
              inputMode={goods.unit === "piece" ? "numeric" : "decimal"}
              aria-label={t("petugas.rombongan.sel", { nama: name, barang: goods.name, satuan: perUnit(goods.unit) })}
              aria-invalid={wrong || undefined}
              value={text}
              maxLength={9}
              onInput={(event) => onType(goods.key, event.currentTarget.value)}
            />
            {wrong && <span class="kecil galat">{t("petugas.timbang.jumlah_salah")}</span>}
            {quantity !== null && isLarge(goods.unit, quantity) && <span class="kecil galat">{t("petugas.rombongan.besar")}</span>}
          </td>
        );
      })}
      <td class="angka uang">{formatRupiah(gross)}</td>
      <td>
        <Button look="polos" icon="buang" label={t("petugas.rombongan.keluarkan", { nama: name })} onPress={onDrop} />
      </td>
    </tr>
  );
}
