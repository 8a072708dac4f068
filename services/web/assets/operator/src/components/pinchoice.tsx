/** A resident chooses a PIN: twice the same six digits on a scrambled pad, turned to them. */
import { useState } from "preact/hooks";
import { t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { Message } from "./message.tsx";
import { PinPad } from "./pinpad.tsx";

export function PinChoice({ onPin, onSkip }: { onPin: (pin: string) => void; onSkip: () => void }) {
  const [first, setFirst] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const [differed, setDiffered] = useState(false);
  const take = (pin: string) => {
    setRound((count) => count + 1);
    if (first === null) {
      setFirst(pin);
      return;
    }
    if (pin === first) {
      onPin(pin);
      return;
    }
    setFirst(null);
    setDiffered(true);
  };
  return (
    <div class="sempit tumpuk">
      <Message title={t("petugas.pin.putar")} />
      {differed && first === null && <Message tone="awas" title={t("petugas.pin.beda")} />}
      <p><b>{t(first === null ? "petugas.pin.pilih" : "petugas.pin.ulangi")}</b></p>
      <PinPad label={t("petugas.pin.warga")} scramble onPin={take} round={round} />
      <p>
        <Button onPress={onSkip}>{t("petugas.pin.nanti")}</Button>
      </p>
    </div>
  );
}
