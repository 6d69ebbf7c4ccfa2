// OCRA, responses to a challenge (RFC 6287), with keys that WebCrypto does not give away.

import { type Octets, hex, joined, utf8 } from "./octets";

/** A hash as WebCrypto names it. */
export type Hash = "SHA-1" | "SHA-256" | "SHA-512";

/** A suite (RFC 6287, 6). Its text takes part in every response, so it is kept as given. */
export interface Suite {
  readonly text: string;
  readonly hash: Hash;
  /** Digits of a response; 0 for the whole HMAC in hexadecimal. */
  readonly digits: number;
  readonly counter: boolean;
  readonly question: "A" | "N" | "H";
  readonly questionLength: number;
  readonly pin?: Hash;
  /** Octets. */
  readonly session?: number;
  /** Seconds. */
  readonly step?: number;
}

/** What a response is computed over: exactly what the suite names. */
export interface Input {
  readonly counter?: bigint;
  readonly question: string;
  /** In mutual use, what the answering party itself sent (RFC 6287, 7.2). */
  readonly ownQuestion?: string;
  readonly pin?: string;
  readonly session?: Octets;
  /** Time steps since the Unix epoch. */
  readonly time?: bigint;
}

/** A suite text or an input is not as RFC 6287 has it. */
export class OcraError extends Error {}

const HASHES: Readonly<Record<string, Hash>> = { SHA1: "SHA-1", SHA256: "SHA-256", SHA512: "SHA-512" };

/** Octets that a question always takes in the message. */
const QUESTION_OCTETS = 128;

const CHARACTERS = { A: /^[A-Za-z0-9]+$/, N: /^[0-9]+$/, H: /^[0-9A-Fa-f]+$/ };

/** Reads a suite text, letter case included (RFC 6287, 6); throws `OcraError`. */
export function parse(text: string): Suite {
  const fields = /^OCRA-1:HOTP-(SHA1|SHA256|SHA512)-(0|[4-9]|10):(.*)$/.exec(text);
  const parts = /^(C-)?Q([ANH])([0-9]{2})(?:-P(SHA1|SHA256|SHA512))?(?:-S(064|128|256|512))?(?:-T([1-9][0-9]?)([SMH]))?$/;
  const data = parts.exec(fields?.[3] ?? "");
  if (!fields || !data) throw new OcraError("no OCRA suite");
  const [, counter, question, length, pin, session, count, unit] = data;
  const questionLength = Number(length);
  if (questionLength < 4 || questionLength > 64) throw new OcraError("the question's length is not 04 to 64");
  if (count !== undefined && Number(count) > (unit === "H" ? 48 : 59)) throw new OcraError("the time step is too long");
  const seconds = { S: 1, M: 60, H: 3600 }[unit ?? "S"] ?? 1;
  return {
    text,
    hash: HASHES[fields[1] ?? ""] ?? "SHA-256",
    digits: Number(fields[2]),
    counter: counter !== undefined,
    question: question as Suite["question"],
    questionLength,
    ...(pin !== undefined && { pin: HASHES[pin] ?? "SHA-256" }),
    ...(session !== undefined && { session: Number(session) }),
    ...(count !== undefined && { step: Number(count) * seconds }),
  };
}

/** The response to an input (RFC 6287, 5.3). The key is an HMAC key of the suite's hash; it need not be extractable. */
export async function respond(suite: Suite, key: CryptoKey, input: Input): Promise<string> {
  const message = joined(
    utf8(suite.text),
    new Uint8Array(1),
    number(suite.counter, input.counter, "counter"),
    question(suite, input),
    await pinHash(suite, input),
    session(suite, input),
    number(suite.step !== undefined, input.time, "time"),
  );
  const tag = await crypto.subtle.sign("HMAC", key, message);
  return suite.digits === 0 ? hex(tag) : truncated(tag, suite.digits);
}

/** HOTP's truncation (RFC 4226, 5.3). */
function truncated(tag: ArrayBuffer, digits: number): string {
  const view = new DataView(tag);
  const value = view.getUint32(view.getUint8(view.byteLength - 1) & 0x0f) & 0x7fff_ffff;
  return String(value % 10 ** digits).padStart(digits, "0");
}

function number(named: boolean, value: bigint | undefined, what: string): Octets {
  if (named !== (value !== undefined)) throw new OcraError(`the ${what} is there, or not, against the suite`);
  if (value === undefined) return new Uint8Array(0);
  if (value < 0n || value >> 64n) throw new OcraError(`the ${what} has more than 64 bits`);
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, value);
  return octets;
}

function question(suite: Suite, input: Input): Octets {
  const parts = input.ownQuestion === undefined ? [input.question] : [input.question, input.ownQuestion];
  for (const part of parts) {
    if (!CHARACTERS[suite.question].test(part)) throw new OcraError("the question has other characters");
    if (part.length > suite.questionLength) throw new OcraError("the question is too long");
  }
  const octets = new Uint8Array(QUESTION_OCTETS);
  octets.set(questionOctets(suite.question, parts.join("")));
  return octets;
}

function questionOctets(format: Suite["question"], text: string): Octets {
  if (format === "A") return utf8(text);
  // A decimal question is one number, so that 1234 and 00001234 are the same one, and zero is no digit at all. A last
  // digit without a fellow is the upper half of its octet.
  const digits = format === "H" ? text : BigInt(text).toString(16);
  const even = digits.length % 2 === 0 ? digits : `${digits}0`;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function pinHash(suite: Suite, input: Input): Promise<Octets> {
  if ((suite.pin !== undefined) !== (input.pin !== undefined)) {
    throw new OcraError("the PIN is there, or not, against the suite");
  }
  if (suite.pin === undefined || input.pin === undefined) return new Uint8Array(0);
  return new Uint8Array(await crypto.subtle.digest(suite.pin, utf8(input.pin)));
}

function session(suite: Suite, input: Input): Octets {
  if ((suite.session !== undefined) !== (input.session !== undefined)) {
    throw new OcraError("the session is there, or not, against the suite");
  }
  if (suite.session === undefined || input.session === undefined) return new Uint8Array(0);
  const filling = suite.session - input.session.length;
  if (filling < 0) throw new OcraError("the session is too long");
  return joined(new Uint8Array(filling), input.session);
}
