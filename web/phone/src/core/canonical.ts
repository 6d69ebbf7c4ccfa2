// Canonical JSON (RFC 8785), for values that are signed: the same value is the same octets here and at the server.
// Only what statements hold: objects, arrays, texts, booleans, null and whole numbers that a double holds exactly.

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The value has no canonical form here. */
export class NotCanonical extends Error {}

/** The canonical text of a value; throws `NotCanonical` for a fraction, a number beyond 2^53 - 1, or no JSON value. */
export function canonical(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new NotCanonical("only whole numbers below 2^53 can be signed");
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    // ECMAScript's escapes are those of RFC 8785, 3.2.2.2, but for half a surrogate pair, which is no text.
    if (/\p{Surrogate}/u.test(value)) throw new NotCanonical("half a surrogate pair");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object") {
    // ECMAScript compares texts by UTF-16 code units, as RFC 8785, 3.2.3 wants.
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${canonical(name)}:${canonical(member)}`).join(",")}}`;
  }
  throw new NotCanonical(`no JSON value: ${typeof value}`);
}
