// The vault: personal data is encrypted under one key per tablet. The server tells that key at a sign-in; here it is
// kept only wrapped twice, by the operator's PIN and by a key that this browser does not give out.

import { base64url } from "./ids.ts";
import type { Sealed } from "./rows.ts";

const ROUNDS = 200_000;

export interface Wrap {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly rounds: number;
  readonly pin_iv: Uint8Array<ArrayBuffer>;
  readonly device_iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** An open vault. `fingerprint` says which key sealed something, and nothing about the key. */
export interface Vault {
  readonly key: CryptoKey;
  readonly fingerprint: string;
}

export async function openVault(raw: Uint8Array<ArrayBuffer>): Promise<Vault> {
  const digest = await crypto.subtle.digest("SHA-256", raw);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { key, fingerprint: base64url(new Uint8Array(digest, 0, 6)) };
}

export async function seal(vault: Vault, value: unknown): Promise<Sealed> {
  const iv = draw(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, vault.key, new TextEncoder().encode(JSON.stringify(value)));
  return { key: vault.fingerprint, iv, data };
}

/** What was sealed; null if it was sealed by another vault or is damaged. */
export async function unseal<T>(vault: Vault, sealed: Sealed): Promise<T | null> {
  if (sealed.key !== vault.fingerprint) return null;
  try {
    const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, vault.key, sealed.data);
    return JSON.parse(new TextDecoder().decode(clear)) as T;
  } catch {
    return null;
  }
}

/** A key of this browser that no script can read. */
export function makeDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function wrap(raw: Uint8Array<ArrayBuffer>, pin: string, device: CryptoKey): Promise<Wrap> {
  const [salt, pin_iv, device_iv] = [draw(16), draw(12), draw(12)];
  const byPin = await crypto.subtle.encrypt({ name: "AES-GCM", iv: pin_iv }, await pinKey(pin, salt, ROUNDS), raw);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: device_iv }, device, byPin);
  return { salt, rounds: ROUNDS, pin_iv, device_iv, data };
}

/** The vault's key; null if the PIN is wrong. */
export async function unwrap(wrapped: Wrap, pin: string, device: CryptoKey): Promise<Uint8Array<ArrayBuffer> | null> {
  const byPin = await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.device_iv }, device, wrapped.data);
  const key = await pinKey(pin, wrapped.salt, wrapped.rounds);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.pin_iv }, key, byPin));
  } catch {
    return null;
  }
}

/** Text locked by a passphrase, for the exported queue. */
export async function lockText(text: string, passphrase: string): Promise<{ salt: string; iv: string; rounds: number; data: string }> {
  const [salt, iv] = [draw(16), draw(12)];
  const key = await pinKey(passphrase, salt, ROUNDS);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
  return { salt: base64url(salt), iv: base64url(iv), rounds: ROUNDS, data: base64url(new Uint8Array(data)) };
}

export async function unlockText(
  locked: { salt: Uint8Array<ArrayBuffer>; iv: Uint8Array<ArrayBuffer>; rounds: number; data: Uint8Array<ArrayBuffer> },
  passphrase: string,
): Promise<string | null> {
  try {
    const key = await pinKey(passphrase, locked.salt, locked.rounds);
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: locked.iv }, key, locked.data));
  } catch {
    return null;
  }
}

async function pinKey(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed, { name: "AES-GCM", length: 256 }, false,
    ["encrypt", "decrypt"],
  );
}

function draw(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
