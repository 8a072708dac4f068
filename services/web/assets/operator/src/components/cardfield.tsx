/** The number of a blank card, scanned or typed; its check digits show a slip at once. */
import { useState } from "preact/hooks";
import { cardNumberIsWhole, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { TextField } from "./fields.tsx";
import { Scanner } from "./scanner.tsx";

export function CardField({ label, number, onNumber, fault, optional }: {
  label: string;
  number: string;
  onNumber: (number: string) => void;
  fault?: string | undefined;
  optional?: boolean;
}) {
  const [scanning, setScanning] = useState(false);
  const take = (text: string) => {
    const [mark, scanned = ""] = text.split(":");
    onNumber(mark === "TMB1" ? scanned : text);
    setScanning(false);
  };
  const digits = number.replaceAll(/[^0-9]/g, "");
  const slip = digits.length === 12 && !cardNumberIsWhole(digits) ? t("petugas.kartu.salah_ketik") : undefined;
  return (
    <div class="tumpuk rapat">
      <TextField
        label={label}
        hint={t("petugas.kartu.petunjuk")}
        value={number}
        onInput={(text) => (text.startsWith("TMB1:") ? take(text) : onNumber(text))}
        inputMode="numeric"
        fault={fault ?? slip}
        mark="nomor-kartu"
        {...(optional === true && { optional: t("petugas.boleh_kosong") })}
      />
      {scanning ? (
        <Scanner label={t("petugas.kartu.pindai")} onText={take} onClose={() => setScanning(false)} />
      ) : (
        <p>
          <Button icon="kamera" onPress={() => setScanning(true)}>{t("petugas.kartu.pindai")}</Button>
        </p>
      )}
    </div>
  );
}
