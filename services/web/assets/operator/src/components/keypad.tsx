/** The keypad at the scale: keys for wet gloves, and the same text whether it is tapped, typed or read from a scale. */
import { t } from "../core/index.ts";
import { Icon } from "./icon.tsx";

const DIGITS = ["7", "8", "9", "4", "5", "6", "1", "2", "3"] as const;
const LONGEST = 9;

/** The text after one more key. A second separator, a fourth decimal and a leading zero are not taken. */
export function typed(text: string, key: string, whole: boolean): string {
  if (key === "Backspace") return text.slice(0, -1);
  if (key === "," || key === ".") return whole || text.includes(",") ? text : `${text === "" ? "0" : text},`;
  if (!/^[0-9]$/.test(key) || text.length >= LONGEST) return text;
  if (text === "0") return key;
  const decimals = text.split(",")[1];
  return decimals !== undefined && decimals.length >= 3 ? text : text + key;
}

export function Keypad({ whole, onKey }: {
  /** Pieces have no decimals. */
  whole: boolean;
  onKey: (key: string) => void;
}) {
  const key = (name: string, words?: string) => (
    <button
      type="button"
      key={name}
      class="tuts"
      aria-label={words}
      disabled={whole && name === ","}
      onClick={() => onKey(name)}
    >
      {name === "Backspace" ? <Icon name="hapus" /> : name}
    </button>
  );
  return (
    <div class="tuts-angka" role="group" aria-label={t("petugas.tuts.judul")}>
      {DIGITS.map((digit) => key(digit))}
      {key(",", t("petugas.tuts.koma"))}
      {key("0")}
      {key("Backspace", t("petugas.tuts.hapus"))}
    </div>
  );
}
