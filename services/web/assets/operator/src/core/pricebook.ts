// Which price is shown: the list in force at an instant, with the exceptions that were approved for this waste bank.

import type { Deduction, Item, PriceList, PricesNow } from "./types.ts";

/** As the morning brings it; figures are whole, instants ISO text. */
export interface ListSaid {
  readonly kind: "price_list";
  readonly id: string;
  readonly name: string;
  readonly waste_bank_id: string | null;
  readonly effective_at: string;
  readonly prices: readonly { readonly item_code: string; readonly grade: string; readonly price_rupiah: number }[];
  readonly deductions: readonly Deduction[];
}

export interface ExceptionSaid {
  readonly kind: "price_exception";
  readonly id: string;
  readonly member_id: string | null;
  readonly item_code: string | null;
  readonly grade: string | null;
  readonly price_rupiah: number | null;
  readonly beneficiary: string | null;
  readonly percent: number | null;
  readonly from_at: string;
  readonly until_at: string;
}

export interface CatalogueSaid {
  readonly kind: "catalogue";
  readonly id: string;
  readonly items: readonly Item[];
}

export type ThingSaid = ListSaid | ExceptionSaid | CatalogueSaid;

export interface PriceBook {
  readonly items: readonly Item[];
  readonly lists: readonly PriceList[];
  readonly exceptions: readonly ExceptionSaid[];
}

const POINTS_A_PERCENT = 100;

export function makePriceBook(things: readonly ThingSaid[]): PriceBook {
  return {
    items: things.find((thing) => thing.kind === "catalogue")?.items ?? [],
    lists: things
      .filter((thing) => thing.kind === "price_list")
      .map(readList)
      .sort((a, b) => a.effective_at - b.effective_at),
    exceptions: things
      .filter((thing) => thing.kind === "price_exception")
      .sort((a, b) => Number(a.member_id === null) - Number(b.member_id === null)
        || Date.parse(a.from_at) - Date.parse(b.from_at) || (a.id < b.id ? -1 : 1)),
  };
}

/** The prices at an instant, for one member or for everybody; null before the first list. */
export function pricesAt(book: PriceBook, at: number, memberId: string | null): PricesNow | null {
  const list = book.lists.findLast((each) => each.effective_at <= at);
  if (list === undefined) return null;
  const holding = book.exceptions.filter((each) =>
    Date.parse(each.from_at) <= at && at < Date.parse(each.until_at)
    && (each.member_id === null || each.member_id === memberId));
  const price = (item: string, grade: string): number | null => {
    const agreed = holding.find((each) => each.price_rupiah !== null && each.item_code === item && each.grade === grade);
    return agreed?.price_rupiah ?? list.prices.get(`${item}/${grade}`) ?? null;
  };
  return { ...list, deductions: list.deductions.map((rule) => favoured(rule, holding)), items: book.items, price };
}

/** The deduction as exceptions lower it; one that would take more than the list is not used. */
function favoured(rule: Deduction, exceptions: readonly ExceptionSaid[]): Deduction {
  const points = exceptions
    .filter((each) => each.percent !== null && each.beneficiary === rule.beneficiary)
    .map((each) => (each.percent ?? 0) * POINTS_A_PERCENT);
  return { ...rule, basis_points: Math.min(rule.basis_points, ...points) };
}

function readList(said: ListSaid): PriceList {
  return {
    price_list_id: said.id,
    name: said.name,
    waste_bank_id: said.waste_bank_id,
    effective_at: Date.parse(said.effective_at),
    prices: new Map(said.prices.map((each) => [`${each.item_code}/${each.grade}`, each.price_rupiah])),
    deductions: said.deductions,
  };
}
