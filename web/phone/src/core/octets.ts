// Octets and the texts they travel as.

/** Octets that own their memory, as WebCrypto wants them. */
export type Octets = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** UTF-8. */
export function utf8(text: string): Octets {
  return encoder.encode(text);
}

/** base64url without filling (RFC 4648, 5; RFC 7515, 2). */
export function base64url(octets: ArrayBuffer | Octets): string {
  let text = "";
  for (const octet of new Uint8Array(octets)) text += String.fromCharCode(octet);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The octets of a base64url text, or `undefined` when it is none: filling and other alphabets are not taken. */
export function fromBase64url(text: string): Octets | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const octets = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  // Bits behind the last octet must be zero, or one value would have several texts.
  return base64url(octets) === text ? octets : undefined;
}

/** Lower-case hexadecimal. */
export function hex(octets: ArrayBuffer | Octets): string {
  return Array.from(new Uint8Array(octets), (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** One after the other. */
export function joined(...parts: readonly Octets[]): Octets {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** SHA-256. */
export async function sha256(octets: Octets): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}
