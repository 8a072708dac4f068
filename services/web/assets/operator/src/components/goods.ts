/** What is bought, as the tiles show it: one for each item in each grade that has a price now. */
import { language, prices, t, type PricesNow, type Unit, type WasteClass } from "../core/index.ts";

export interface Goods {
  /** `P05/bersih`: also the key of the price. */
  readonly key: string;
  readonly code: string;
  readonly grade: string;
  readonly name: string;
  /** Empty if the item has only one grade. */
  readonly gradeName: string;
  readonly condition: string;
  readonly unit: Unit;
  readonly price: number;
  readonly wasteClass: WasteClass;
}

/** The nine classes of the national report, in its order. */
export const CLASSES: readonly WasteClass[] = [
  "plastic", "paper", "metal", "glass", "textile", "rubber_leather", "wood", "food", "other",
];

const CLASS_KEYS: Readonly<Record<WasteClass, string>> = {
  food: "petugas.kelas.food",
  wood: "petugas.kelas.wood",
  paper: "petugas.kelas.paper",
  plastic: "petugas.kelas.plastic",
  metal: "petugas.kelas.metal",
  textile: "petugas.kelas.textile",
  rubber_leather: "petugas.kelas.rubber_leather",
  glass: "petugas.kelas.glass",
  other: "petugas.kelas.other",
};

const UNIT_KEYS: Readonly<Record<Unit, string>> = {
  kg: "petugas.satuan.kg",
  litre: "petugas.satuan.litre",
  piece: "petugas.satuan.piece",
};

export const classWords = (wasteClass: WasteClass): string => t(CLASS_KEYS[wasteClass]);
export const perUnit = (unit: Unit): string => t(UNIT_KEYS[unit]);

export function goodsOf(now: PricesNow): Goods[] {
  const english = language.value === "en";
  return now.items.flatMap((item) =>
    item.grades.flatMap(({ grade, ...words }) => {
      const price = now.price(item.code, grade);
      if (price === null) return [];
      return [{
        key: `${item.code}/${grade}`,
        code: item.code,
        grade,
        name: english ? item.name_en : item.name_id,
        gradeName: item.grades.length === 1 ? "" : english ? words.name_en : words.name_id,
        condition: english ? words.condition_en : words.condition_id,
        unit: item.unit,
        price,
        wasteClass: item.waste_class,
      }];
    }),
  );
}

/** The goods of these items, in the items' order. */
export function ofItems(goods: readonly Goods[], codes: readonly string[]): Goods[] {
  return codes.flatMap((code) => goods.filter((each) => each.code === code));
}

/** `Botol PET bening, bersih` for a line, also of an item that is not bought any more. */
export function lineName(code: string, grade: string): string {
  const english = language.value === "en";
  const item = prices.item(code);
  if (item === null) return code;
  const name = english ? item.name_en : item.name_id;
  const words = item.grades.length > 1 ? item.grades.find((each) => each.grade === grade) : undefined;
  return words === undefined ? name : `${name}, ${(english ? words.name_en : words.name_id).toLowerCase()}`;
}
