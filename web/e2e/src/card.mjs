// The cards once more, apart from the Rust code and written after RFC 6287, RFC 6238 and docs/devices.md, so that a
// login succeeds only where both agree. Reads a card's state file, and moves its counter on as the card would.

import { createHash, createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const SUITE = /^OCRA-1:HOTP-SHA(1|256|512)-(\d+):(C-)?QN(\d\d)(?:-PSHA(1|256|512))?$/;
const CARD_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

async function open(file) {
  const card = JSON.parse(await readFile(file, "utf8"));
  if (card.format !== "countersign-card/1") throw new Error(`${file} is not a card`);
  return { card, key: Buffer.from(card.key, "base64url") };
}

/** RFC 4226, 5.3: the 31-bit number at the offset that the last octet names. */
function truncated(mac, digits) {
  const offset = mac.at(-1) & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The question of RFC 6287, 5.1 and 6.3: the number in hexadecimal, filled up on the right to 128 octets. */
function question(digits) {
  const hex = BigInt(digits).toString(16);
  const octets = Buffer.alloc(128);
  Buffer.from(hex.padEnd(hex.length + (hex.length % 2), "0"), "hex").copy(octets);
  return octets;
}

/** RFC 6287: the response of `suite` under `key`. */
export function ocra(key, suite, { counter, challenge, pin }) {
  const parts = SUITE.exec(suite);
  if (!parts) throw new Error(`${suite} is not a suite of these cards`);
  const [, hash, digits, counts, , pinHash] = parts;
  const mac = createHmac(`sha${hash}`, key);
  mac.update(suite).update(Buffer.of(0));
  if (counts) {
    const octets = Buffer.alloc(8);
    octets.writeBigUInt64BE(BigInt(counter));
    mac.update(octets);
  }
  mac.update(question(challenge));
  if (pinHash) mac.update(createHash(`sha${pinHash}`).update(pin).digest());
  return truncated(mac.digest(), Number(digits));
}

/** RFC 6238 with HMAC-SHA-1. */
export function totp(key, seconds, step, digits) {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(Math.floor(seconds / step)));
  return truncated(createHmac("sha1", key).update(octets).digest(), digits);
}

/** What a card with a keypad shows for a challenge. */
export async function respond(device, challenge, pin = device.pin) {
  const { card, key } = await open(device.state_file);
  const { suite, counter } = card.algorithm;
  const response = ocra(key, suite, { counter, challenge, pin });
  card.algorithm.counter = counter + 1;
  await writeFile(device.state_file, JSON.stringify(card, undefined, 2));
  return response;
}

/** What a device that counts time shows at `now` (Unix seconds). */
export async function passcode(device, now) {
  const { card, key } = await open(device.state_file);
  return totp(key, now, card.algorithm.step, card.algorithm.digits);
}

/** What stands on a printed card at these places, one after the other. */
export async function lookUp(device, places) {
  const { key } = await open(device.state_file);
  return places.map((place) => valueAt(key, place)).join("");
}

function valueAt(key, place) {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(place);
  const mac = createHmac("sha256", key).update("countersign/code-card/v1").update(octets).digest();
  return [...mac.subarray(0, 3)].map((octet) => CARD_ALPHABET[octet % 32]).join("");
}
