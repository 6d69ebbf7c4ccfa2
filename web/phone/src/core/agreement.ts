// The keys that phone and server agree on at activation: ECDH over P-256, HKDF-SHA-256 (RFC 5869). No secret of it is
// ever octets in this program: every step goes from a key of WebCrypto to a key of WebCrypto.

import { type Jwk, exported, isJwk, publicKey, thumbprint, verified } from "./jose";
import { base64url, joined, sha256, utf8 } from "./octets";

/** What an agreement gives; none of the keys is extractable. */
export interface Agreed {
  /** The phone's ephemeral key. */
  readonly publicKey: Jwk;
  /** OCRA responses. */
  readonly respond: CryptoKey;
  /** PIN proofs. */
  readonly approve: CryptoKey;
  /** For sealing the PIN's hash, once. */
  readonly pin: CryptoKey;
}

const ECDH = { name: "ECDH", namedCurve: "P-256" };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
const AES = { name: "AES-GCM", length: 256 };

/** The `typ` of the server's half. */
export const AGREEMENT = "countersign-agreement+jws";

/** The server's half, when a key that it publishes signed it for this activation; else `undefined`. */
export async function offered(jws: string, keys: readonly unknown[], activation: string): Promise<Jwk | undefined> {
  const offer = await verified(jws, keys, AGREEMENT);
  if (typeof offer !== "object" || offer === null) return undefined;
  const { activation: named, agreement_key: key } = offer as Record<string, unknown>;
  return named === activation && isJwk(key) ? key : undefined;
}

/** The phone's half, with a fresh ephemeral key; `undefined` when the server's key is none. */
export async function agree(activation: string, server: Jwk): Promise<Agreed | undefined> {
  const theirs = await publicKey(server, ECDH, []);
  if (!theirs) return undefined;
  const ours = await crypto.subtle.generateKey(ECDH, false, ["deriveKey"]);
  const jwk = await exported(ours.publicKey);
  const salt = await sha256(utf8(activation + (await thumbprint(jwk)) + (await thumbprint(server))));
  const shared = await crypto.subtle.deriveKey({ name: "ECDH", public: theirs }, ours.privateKey, "HKDF", false, [
    "deriveKey",
  ]);
  const derived = (label: string, as: HmacKeyGenParams | AesKeyGenParams, usage: KeyUsage) =>
    crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info: utf8(`countersign/${label}/v1`) },
      shared,
      as,
      false,
      [usage],
    );
  return {
    publicKey: jwk,
    respond: await derived("respond", HMAC, "sign"),
    approve: await derived("approve", HMAC, "sign"),
    pin: await derived("pin", AES, "encrypt"),
  };
}

/** SHA-256 of the PIN, sealed for the server: base64url of nonce, ciphertext and tag. */
export async function sealedPin(key: CryptoKey, activation: string, pin: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = await sha256(utf8(pin));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(activation) }, key, plain);
  return base64url(joined(iv, new Uint8Array(sealed)));
}
