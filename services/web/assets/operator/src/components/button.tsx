/** Buttons. While what a button started is under way it refuses a second press, but nothing else on the screen waits. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

type Look = "utama" | "bahaya" | "polos" | "besar" | "utama besar";

interface Given {
  /** Absent for the button that sends its form. */
  onPress?: () => unknown;
  look?: Look;
  icon?: string;
  disabled?: boolean;
  /** Only where the visible words do not say enough by themselves. */
  label?: string;
  pressed?: boolean;
  mark?: string;
  class?: string;
  children?: ComponentChildren;
}

export function Button({ onPress, look, icon, disabled, label, pressed, mark, children, ...rest }: Given) {
  const [busy, setBusy] = useState(false);
  const press = () => {
    if (busy) return;
    const outcome = onPress?.();
    if (outcome instanceof Promise) {
      setBusy(true);
      void outcome.finally(() => setBusy(false));
    }
  };
  return (
    <button
      type={onPress === undefined ? "submit" : "button"}
      class={`tombol ${look ?? ""} ${rest.class ?? ""}`}
      onClick={press}
      disabled={disabled === true}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-pressed={pressed}
      data-uji={mark}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button: leads to another screen. */
export function LinkButton({ href, look, icon, children }: {
  href: string;
  look?: Look;
  icon?: string;
  children: ComponentChildren;
}) {
  return (
    <a class={`tombol ${look ?? ""}`} href={href}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </a>
  );
}
