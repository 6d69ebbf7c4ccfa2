// Compact JWS with ES256 (RFC 7515, RFC 7518), keys as JWK (RFC 7517, RFC 7638), DPoP proofs (RFC 9449).

import { type Octets, base64url, fromBase64url, sha256, utf8 } from "./octets";

/** A public P-256 key (RFC 7518, 6.2). */
export interface Jwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** A key that signs: the private half is not extractable. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: Jwk;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };

/** A new signing key. */
export async function newSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, jwk: await exported(pair.publicKey) };
}

/** The public key as the server takes it: these members and no other. */
export async function exported(key: CryptoKey): Promise<Jwk> {
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", key);
  return { kty: "EC", crv: "P-256", x, y };
}

/** The key's thumbprint (RFC 7638), base64url. */
export async function thumbprint({ crv, kty, x, y }: Jwk): Promise<string> {
  return base64url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}

/** A compact JWS over a payload, for one use. */
export function sign(key: SigningKey, typ: string, payload: unknown): Promise<string> {
  return compact(key, { alg: "ES256", typ }, payload);
}

/** What a DPoP proof is for. */
export interface ProofOf {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  /** Unix seconds by the server's clock. */
  readonly now: number;
  readonly token?: string | undefined;
}

/** A DPoP proof for one request. */
export async function proof(key: SigningKey, { method, url, now, token }: ProofOf): Promise<string> {
  const claims = {
    jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
    htm: method,
    htu: url,
    iat: now,
    ...(token !== undefined && { ath: base64url(await sha256(utf8(token))) }),
  };
  return compact(key, { alg: "ES256", typ: "dpop+jwt", jwk: key.jwk }, claims);
}

async function compact(key: SigningKey, header: unknown, payload: unknown): Promise<string> {
  const signed = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(payload)))}`;
  return `${signed}.${base64url(await crypto.subtle.sign(ES256, key.privateKey, utf8(signed)))}`;
}

/** The payload of a JWS that one of the keys signed for this use; `undefined` for any other. */
export async function verified(jws: string, keys: readonly unknown[], typ: string): Promise<unknown> {
  const [header, payload, signature, ...more] = jws.split(".");
  const octets = [header, payload, signature].map((part) => fromBase64url(part ?? ""));
  const [head, body, tag] = octets;
  if (!head || !body || !tag || more.length > 0) return undefined;
  const said = read(head);
  if (!isObject(said) || said["alg"] !== "ES256" || said["typ"] !== typ || "crit" in said) return undefined;
  const signed = utf8(`${header}.${payload}`);
  for (const key of keys) {
    const imported = await publicKey(key, ECDSA, ["verify"]);
    if (imported && (await crypto.subtle.verify(ES256, imported, tag, signed))) return read(body);
  }
  return undefined;
}

/** A P-256 key that came as JSON; `undefined` when it is none. */
export async function publicKey(
  jwk: unknown,
  algorithm: EcKeyImportParams,
  usages: KeyUsage[],
): Promise<CryptoKey | undefined> {
  if (!isJwk(jwk)) return undefined;
  const { kty, crv, x, y } = jwk;
  try {
    return await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, true, usages);
  } catch {
    return undefined;
  }
}

/** Whether it has the members of a public P-256 key. */
export function isJwk(value: unknown): value is Jwk {
  if (!isObject(value)) return false;
  const { kty, crv, x, y } = value;
  return kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string";
}

function read(octets: Octets): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
