// Words of the screens: built from the PO files, loaded once per language, never from another host.

import { spoken } from "./gateway.ts";
import type { Language } from "./types.ts";
import { Value } from "./watched.ts";

const WHERE = "timbang-bahasa";
let words: Readonly<Record<string, string>> = {};

export const language = new Value<Language>("id");

/** The sentence with `{name}` filled in; the key itself if it is missing, so that a test sees it. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const sentence = words[key] ?? key;
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export async function setLanguage(wanted: Language): Promise<void> {
  const loaded = wanted === "en" ? await import("./words/en.ts") : await import("./words/id.ts");
  words = loaded.default;
  spoken.language = wanted;
  localStorage.setItem(WHERE, wanted);
  document.documentElement.lang = wanted;
  language.set(wanted);
}

/** The language of the last time; Indonesian at first. */
export function storedLanguage(): Language {
  return localStorage.getItem(WHERE) === "en" ? "en" : "id";
}
