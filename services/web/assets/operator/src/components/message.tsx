/** What is said to the operator: what happened, whether it is safe, what to do now. */
import type { ComponentChildren } from "preact";
import { t } from "../core/index.ts";
import { Button } from "./button.tsx";
import type { Failure } from "./hooks.ts";
import { Icon } from "./icon.tsx";

export type Tone = "tahu" | "baik" | "awas" | "salah" | "netral";

const PICTURES: Readonly<Record<Tone, string>> = {
  tahu: "kabar", baik: "benar", awas: "awas", salah: "gagal", netral: "kabar",
};

export function Message({ tone = "tahu", title, children }: {
  tone?: Tone;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`pesan ${tone}`} role={tone === "salah" || tone === "awas" ? "alert" : "status"}>
      <strong>
        <Icon name={PICTURES[tone]} />
        <span>{title}</span>
      </strong>
      {children}
    </div>
  );
}

/** Says that what is recorded is safe. Part of every message about something that went wrong. */
export function Safe({ children }: { children: ComponentChildren }) {
  return (
    <p class="aman">
      <Icon name="aman" />
      <span>{children}</span>
    </p>
  );
}

/** A door refused, or did not answer. `safe` says what is not lost by it. */
export function Trouble({ failure, safe, onAgain }: { failure: Failure; safe: string; onAgain?: () => void }) {
  const title = failure.words ?? t(failure.answered ? "petugas.galat.ditolak" : "petugas.galat.tanpa_jawaban");
  return (
    <Message tone={failure.answered ? "salah" : "awas"} title={title}>
      <Safe>{safe}</Safe>
      {!failure.answered && <p>{t("petugas.galat.tanpa_jawaban_lalu")}</p>}
      {onAgain !== undefined && (
        <p>
          <Button icon="ulang" onPress={onAgain}>{t("petugas.galat.coba_lagi")}</Button>
        </p>
      )}
    </Message>
  );
}

export function Badge({ tone = "netral", icon, children }: { tone?: Tone; icon?: string; children: ComponentChildren }) {
  return (
    <span class={`lencana ${tone}`}>
      <Icon name={icon ?? PICTURES[tone]} />
      {children}
    </span>
  );
}
