/** Six digits behind dots. Scrambled for residents: who watches the hand learns nothing, and the digits are never shown. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../core/index.ts";
import { useKeys } from "./hooks.ts";
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
  const [pin, show] = useState("");
  // What was typed so far, also by keys that came before the last one was drawn.
  const typed = useRef("");
  const setPin = (text: string) => {
    typed.current = text;
    show(text);
  };
  const keys = useMemo(() => (scramble === true ? scrambled() : [..."1234567890"]), [scramble, round]);
  useEffect(() => setPin(""), [round]);
  const press = (key: string) => {
    if (blocked === true) return;
    const before = typed.current;
    const longer = key === "Backspace" ? before.slice(0, -1) : (before + key).slice(0, LENGTH);
    setPin(longer);
    if (longer.length === LENGTH && before.length < LENGTH) onPin(longer);
  };
  useKeys(({ key }) => {
    if (/^[0-9]$/.test(key) || key === "Backspace") press(key);
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
