/** Six digits behind dots. Scrambled for residents: who watches the hand learns nothing, and the digits are never shown. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { t } from "../core/index.ts";
import { Icon } from "./icon.tsx";

const LENGTH = 6;

/** The ten digits, shuffled by chance nobody can guess. */
function scrambled(): string[] {
  const digits = [..."1234567890"];
  for (let last = digits.length - 1; last > 0; last--) {
    const [chance = 0] = crypto.getRandomValues(new Uint32Array(1));
    const other = chance % (last + 1);
    [digits[last], digits[other]] = [digits[other] ?? "", digits[last] ?? ""];
  }
  return digits;
}

export function PinPad({ label, scramble, onPin, blocked, round = 0 }: {
  label: string;
  scramble?: boolean;
  onPin: (pin: string) => void;
  blocked?: boolean;
  /** Another number empties the pad, for instance after a wrong PIN. */
  round?: number;
}) {
  const [pin, setPin] = useState("");
  const keys = useMemo(() => (scramble === true ? scrambled() : [..."1234567890"]), [scramble, round]);
  useEffect(() => setPin(""), [round]);
  const press = (key: string) => {
    if (blocked === true) return;
    const longer = key === "Backspace" ? pin.slice(0, -1) : (pin + key).slice(0, LENGTH);
    setPin(longer);
    if (longer.length === LENGTH && pin.length < LENGTH) onPin(longer);
  };
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      // A digit typed into a field of the same screen belongs to that field.
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key) || event.key === "Backspace") press(event.key);
    };
    addEventListener("keydown", heard);
    return () => removeEventListener("keydown", heard);
  });
  const [last = "0", ...rest] = [...keys].reverse();
  return (
    <div class="pin" role="group" aria-label={label}>
      <p class="pin-titik" role="status" aria-label={t("petugas.pin.terisi", { n: pin.length })}>
        {Array.from({ length: LENGTH }, (_, at) => <span key={at} class={at < pin.length ? "isi" : ""} />)}
      </p>
      <div class="tuts-angka">
        {rest.reverse().map((digit) => (
          <button type="button" key={digit} class="tuts" disabled={blocked} onClick={() => press(digit)}>{digit}</button>
        ))}
        <span />
        <button type="button" class="tuts" disabled={blocked} onClick={() => press(last)}>{last}</button>
        <button type="button" class="tuts" aria-label={t("petugas.tuts.hapus")} onClick={() => press("Backspace")}>
          <Icon name="hapus" />
        </button>
      </div>
    </div>
  );
}
