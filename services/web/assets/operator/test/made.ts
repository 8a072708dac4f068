// Rows and deposits for the tests, with ids that can be told apart at a glance.
import { newRow, type StoredRow } from "../src/core/rows.ts";
import type { SavedDeposit } from "../src/core/types.ts";

export const id = (number: number): string => `019ab000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
export const NOW = 1_763_805_720_123;

export function deposit(changed: Partial<SavedDeposit> = {}): SavedDeposit {
  return {
    deposit_id: id(1), tablet_id: id(2), recorder_id: id(3), member_id: id(4), waste_bank_id: "lubuk-pakam-induk",
    channel: "self", weighed_at: NOW, price_list_id: id(5),
    lines: [{ item_code: "P05", grade: "bersih", unit: "kg", quantity: 2500, shown_rupiah: 4062 }],
    replaces: null, bag_ids: [], ...changed,
  };
}

export function row(number: number, changed: Partial<StoredRow> = {}): StoredRow {
  return newRow({
    id: id(number), kind: "deposit", saved_at: NOW + number, operator_id: id(3), tablet_id: id(2),
    waste_bank_id: "lubuk-pakam-induk", member_id: id(4), deposit_id: id(number),
    deposit: deposit({ deposit_id: id(number) }), signed: "[]", signature: "A", ...changed,
  });
}
