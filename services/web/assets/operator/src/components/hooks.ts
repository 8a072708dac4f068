/** How screens listen to the core and ask for what takes a moment, without ever holding up the person. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { forms, Refused, type Watched } from "../core/index.ts";

/** The present value, and a new drawing whenever it changes. */
export function useWatched<T>(watched: Watched<T>): T {
  const [value, setValue] = useState(() => watched.value);
  useEffect(() => watched.subscribe((told) => setValue(() => told)), [watched]);
  return value;
}

/**
 * Hears the keys of a physical keyboard, unless something is being typed elsewhere. The listener is put up once and calls
 * the latest `onKey`: one that is put up anew after each paint misses what is typed faster than that.
 */
export function useKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      const elsewhere = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, dialog") !== null;
      if (!elsewhere && !event.ctrlKey && !event.metaKey && !event.altKey) latest.current(event);
    };
    addEventListener("keydown", heard);
    return () => removeEventListener("keydown", heard);
  }, []);
}

export interface KeptForm<T extends object> {
  readonly form: T;
  readonly change: (changed: Partial<T>) => void;
  /** It goes on with what was typed before the tablet was locked or lost its power. */
  readonly goesOn: boolean;
  /** What was typed is saved as something else now, or not wanted. */
  readonly forget: () => Promise<void>;
}

/** What is typed into a form, kept sealed with every letter: a lock or a pulled battery loses nothing of it. */
export function useKeptForm<T extends object>(name: string, empty: () => T, anew = false): KeptForm<T> {
  const [form, setForm] = useState(empty);
  const [goesOn, setGoesOn] = useState(false);
  const latest = useRef(form);
  const set = (next: T) => {
    latest.current = next;
    setForm(next);
  };
  useEffect(() => {
    if (anew) {
      void forms.keep(name, latest.current);
      return;
    }
    let untouched = true;
    const begun = latest.current;
    void forms.open<T>(name).then((found) => {
      if (found === null || !untouched || latest.current !== begun) return;
      // Shapes change with versions: what an older one did not know is empty.
      set({ ...begun, ...found });
      setGoesOn(true);
    });
    return () => {
      untouched = false;
    };
  }, []);
  const change = (changed: Partial<T>) => {
    set({ ...latest.current, ...changed });
    void forms.keep(name, latest.current);
  };
  const forget = () => {
    setGoesOn(false);
    set(empty());
    return forms.forget(name);
  };
  return { form, change, goesOn, forget };
}

/** Why something did not work, for `<Trouble>`. `answered`: the server spoke, so that the outcome is known. */
export interface Failure {
  readonly answered: boolean;
  readonly code: string;
  readonly words: string | null;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return { answered: true, code: error.code, words: error.detail };
  return { answered: false, code: "no_answer", words: null };
}

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly failure: Failure | null;
  readonly again: () => void;
}

/** Asks once for each change of `because`, and again when told to. What was there stays in view while it asks. */
export function useLoaded<T>(ask: () => Promise<T>, because: readonly unknown[]): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    ask().then(
      (answer) => {
        if (!wanted) return;
        setFailure(null);
        setValue(() => answer);
      },
      (error: unknown) => wanted && setFailure(failureOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [...because, round]);
  return { value, failure, again: useCallback(() => setRound((count) => count + 1), []) };
}
