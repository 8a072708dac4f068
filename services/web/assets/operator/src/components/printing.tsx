/** A receipt on paper, if there is a printer. Paper never holds anything up: what is saved is saved. */
import { useState } from "preact/hooks";
import {
  bankName, formatDay, formatQuantity, formatRupiah, formatWhen, dayOf, language, ports, prices, printBytes, type PrintedQr, receiptText, type SavedDeposit, t,
  worthOf, type Worth,
} from "../core/index.ts";
import { Button } from "./button.tsx";
import { lineName } from "./goods.ts";
import { Message, Safe } from "./message.tsx";
import { nameOf } from "./people.ts";
import type { FateKey } from "./rowstate.tsx";

const COLUMNS = 32;

/** Left and right on one line of paper, or on two where both do not fit. */
export function columns(left: string, right: string): string[] {
  const room = COLUMNS - left.length - right.length;
  return room > 0 ? [left + " ".repeat(room) + right] : [left, right.padStart(COLUMNS)];
}

/** What a saved deposit is worth by the list that it names; without that list, the sum of what was shown. */
export function savedWorth(saved: SavedDeposit): Worth {
  return worthOf(saved.lines, prices.list(saved.price_list_id) ?? { deductions: [] } as never);
}

/** A deposit that counts no more says so on its first line. */
function receiptLines(saved: SavedDeposit, fate: FateKey | null = null): string[] {
  const worth = savedWorth(saved);
  return [
    ...(fate === null ? [] : [`*** ${t(fate).toUpperCase()} ***`]),
    t("bersama.nama"),
    bankName(saved.waste_bank_id),
    `${formatDay(dayOf(saved.weighed_at))}`,
    formatWhen(saved.weighed_at),
    nameOf(saved.member_id),
    "-".repeat(COLUMNS),
    ...saved.lines.flatMap((line) => [
      lineName(line.item_code, line.grade),
      ...columns(`  ${formatQuantity(line.unit, line.quantity)}`, formatRupiah(line.shown_rupiah)),
    ]),
    "-".repeat(COLUMNS),
    ...worth.deductions.flatMap((share) => columns((language.value === "en" ? share.name_en : share.name_id).slice(0, COLUMNS), `-${formatRupiah(share.amount_rupiah)}`)),
    ...columns(t("petugas.nilai.bersih"), formatRupiah(worth.net_rupiah)),
    t("petugas.struk.simpan_kertas"),
  ];
}

/** Null if it is more than a code can carry: the lines are printed all the same. */
async function measured(text: string): Promise<PrintedQr | null> {
  const { encode } = await import("uqr");
  try {
    return { text, size: encode(text, { ecc: "L", border: 0 }).size };
  } catch {
    return null;
  }
}

/** Prints lines with or without a QR, and says in words when that did not work. */
export function PrintButton({ lines, qr }: { lines: () => readonly string[]; qr: string | null }) {
  const [state, setState] = useState<"idle" | "printed" | "failed">("idle");
  const print = async () => {
    try {
      if (!(await ports.printer.ready())) await ports.printer.choose();
      await ports.printer.print(printBytes(lines(), qr === null ? null : await measured(qr)));
      setState("printed");
    } catch {
      setState("failed");
    }
  };
  return (
    <>
      <Button icon="cetak" onPress={print}>{t(state === "idle" ? "petugas.struk.cetak" : "petugas.struk.cetak_lagi")}</Button>
      {state === "printed" && <span role="status">{t("petugas.struk.tercetak")}</span>}
      {state === "failed" && (
        <Message tone="awas" title={t("petugas.struk.cetak_gagal")}>
          <Safe>{t("petugas.struk.cetak_gagal_aman")}</Safe>
          <p>{t("petugas.struk.cetak_gagal_lalu")}</p>
        </Message>
      )}
    </>
  );
}

export const receiptOf = (saved: SavedDeposit, fate: FateKey | null = null) => ({ lines: () => receiptLines(saved, fate), qr: receiptText(saved.deposit_id) });
