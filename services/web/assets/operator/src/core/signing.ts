// The tablet's own signature (ECDSA P-256): made at the set-up, never taken out of the browser.

import { base64url } from "./ids.ts";
import { writeSignature } from "./receipts.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

export function makeSigningKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
}

/** The public key as the server keeps it: the uncompressed point, 65 bytes, base64url. */
export async function writePublicKey(keys: CryptoKeyPair): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
}

/** r and s, 64 bytes, base64url. */
export async function sign(keys: CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return writeSignature(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes));
}
