// The only way out of the tablet: requests to our own origin with a time limit. Three ends only: an answer, a refusal
// in words, or silence, which says nothing about whether the other side did it.

import { Value } from "./watched.ts";

const ROOT = "/petugas/api";
const TIMEOUT_MS = 20_000;

/** A refusal of a server, in words. */
export class Refused extends Error {
  readonly code: string;
  readonly detail: string | null;
  readonly status: number;

  constructor(status: number, code: string, detail: string | null) {
    super(code);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** No answer, or none that could be read: `status` of what was answered instead, null for nothing at all. */
export class Silent extends Error {
  readonly status: number | null;

  constructor(status: number | null) {
    super("no_answer");
    this.status = status;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Asking {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the last request found, for the session: never asked of `navigator.onLine`, which does not know. */
export const line = new Value<"unknown" | "heard" | "silent">("unknown");
/** Set by the language, sent along so that refusals come in the reader's words. */
export const spoken = { language: "id" };
/** Whose sign-in the app takes the cookie for, sent along: in another tab somebody else may have signed in since. */
export const meant: { operator_id: string | null } = { operator_id: null };
let heardDate: ((serverNow: number, roundTripMs: number) => void) | null = null;

/** Tells `listener` the server's time (epoch ms, to the second) with every answer. */
export function onServerTime(listener: (serverNow: number, roundTripMs: number) => void): void {
  heardDate = listener;
}

export async function ask<T>(method: "GET" | "POST", path: string, asking: Asking = {}): Promise<T> {
  const response = await reach(method, path, asking);
  const said = await read(response);
  if (response.ok && said !== undefined) return said as T;
  if (response.ok || response.status >= 500 || said === undefined) throw new Silent(response.status);
  const problem = said as { code?: unknown; detail?: unknown } | null;
  const code = typeof problem?.code === "string" ? problem.code : `status_${String(response.status)}`;
  throw new Refused(response.status, code, typeof problem?.detail === "string" ? problem.detail : null);
}

async function reach(method: string, path: string, asking: Asking): Promise<Response> {
  const begun = performance.now();
  try {
    const response = await fetch(address(path, asking.query), {
      method,
      headers: {
        "X-Timbang": "petugas",
        "Accept": "application/json",
        "Accept-Language": spoken.language,
        ...(meant.operator_id === null ? {} : { "X-Timbang-Operator": meant.operator_id }),
        ...(asking.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...asking.headers,
      },
      ...(asking.body === undefined ? {} : { body: JSON.stringify(asking.body) }),
      cache: "no-store",
      credentials: "same-origin",
      // A hotel's sign-in page is not our server.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) heardDate?.(date, performance.now() - begun);
    return response;
  } catch {
    setLine("silent");
    throw new Silent(null);
  }
}

/** The JSON of an answer; null if it is empty by right, undefined if it cannot be read (cut off, or not ours). */
async function read(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    const said: unknown = text === "" ? null : JSON.parse(text);
    setLine(response.status >= 500 ? "silent" : "heard");
    return said;
  } catch {
    setLine("silent");
    return undefined;
  }
}

function setLine(found: "heard" | "silent"): void {
  if (line.value !== found) line.set(found);
}

function address(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return `${ROOT}${path}${asked.size === 0 ? "" : `?${asked.toString()}`}`;
}

/** A door of a service by the operator's sign-in. */
export const door = {
  get: <T>(service: string, path: string, query: Query = {}): Promise<T> => ask("GET", `/${service}${path}`, { query }),
  post: <T>(service: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> =>
    ask("POST", `/${service}${path}`, { body, headers }),
};
