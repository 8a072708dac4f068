/** What is typed or chosen. Every field has its label above it, and its fault, in words, right below. */
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface Common {
  label: string;
  hint?: string;
  fault?: string | undefined;
}

export function TextField({ label, hint, fault, value, onInput, type = "text", inputMode, optional, autoFocus, mark, complete = "off", maxLength = 200 }: Common & {
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "tel" | "search";
  inputMode?: "text" | "numeric" | "decimal" | "tel" | "none";
  optional?: string;
  autoFocus?: boolean;
  mark?: string;
  complete?: string;
  maxLength?: number;
}) {
  const id = useId();
  const told = [hint !== undefined ? `${id}-h` : "", fault !== undefined ? `${id}-f` : ""].join(" ").trim();
  return (
    <div class="isian">
      <label for={id}>
        {label}
        {optional !== undefined && <small class="redup"> {optional}</small>}
      </label>
      {hint !== undefined && <p id={`${id}-h`} class="petunjuk">{hint}</p>}
      <input
        id={id}
        type={type as "text"}
        value={value}
        inputMode={inputMode}
        autoComplete={complete}
        autoFocus={autoFocus}
        maxLength={maxLength}
        spellcheck={false}
        aria-describedby={told || undefined}
        aria-invalid={fault !== undefined || undefined}
        data-uji={mark}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {fault !== undefined && (
        <p id={`${id}-f`} class="galat" role="alert">
          <Icon name="awas" />
          <span>{fault}</span>
        </p>
      )}
    </div>
  );
}

export function LongField({ label, hint, fault, value, onInput, maxLength = 500, mark }: Common & {
  value: string;
  onInput: (value: string) => void;
  maxLength?: number;
  mark?: string;
}) {
  const id = useId();
  return (
    <div class="isian">
      <label for={id}>{label}</label>
      {hint !== undefined && <p class="petunjuk">{hint}</p>}
      <textarea
        id={id}
        rows={3}
        data-uji={mark}
        value={value}
        maxLength={maxLength}
        aria-invalid={fault !== undefined || undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {fault !== undefined && <p class="galat" role="alert">{fault}</p>}
    </div>
  );
}

/** Leads to the first field that is wrong: on a phone it may stand far above the button that found it. */
export function showFault(): void {
  setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), 0);
}

export interface Choice<T extends string> {
  value: T;
  words: string;
}

/** A few things of which exactly one holds, all of them in view. */
export function Choices<T extends string>({ label, value, choices, onChoose }: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChoose: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="isian">
      <legend>{label}</legend>
      <div class="petak">
        {choices.map((each) => (
          <label key={each.value} class="pilih">
            <input type="radio" name={name} checked={each.value === value} onChange={() => onChoose(each.value)} />
            <span>{each.words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
