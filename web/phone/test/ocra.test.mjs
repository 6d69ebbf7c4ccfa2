import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { checkVectors, readVectors } from "./ocra-vectors.mjs";
import { OcraError, parse, respond } from "../../node_modules/.tests/phone/ocra.js";

const vectors = async (name) =>
  readVectors(await readFile(path.resolve(import.meta.dirname, "../../../vectors", name), "utf8"));

for (const [name, count] of [["ocra-rfc6287.json", 70], ["ocra-composite.json", 21]]) {
  test(`every value of ${name}`, async () => {
    assert.deepEqual(await checkVectors({ parse, respond }, await vectors(name)), { right: count, wrong: [] });
  });
}

const BAD = [
  "", "OCRA-1:HOTP-SHA1-6", "OCRA-2:HOTP-SHA1-6:QN08", "OCRA-1:TOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA2-6:QN08",
  "OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-SHA1-11:QN08", "OCRA-1:HOTP-SHA1-06:QN08", "OCRA-1:HOTP-SHA1-6:C",
  "OCRA-1:HOTP-SHA1-6:QN08-C", "OCRA-1:HOTP-SHA1-6:C-C-QN08", "OCRA-1:HOTP-SHA1-6:QN8", "OCRA-1:HOTP-SHA1-6:QN03",
  "OCRA-1:HOTP-SHA1-6:QN65", "OCRA-1:HOTP-SHA1-6:QX08", "OCRA-1:HOTP-SHA1-6:QN08-PMD5", "OCRA-1:HOTP-SHA1-6:QN08-S065",
  "OCRA-1:HOTP-SHA1-6:QN08-T60S", "OCRA-1:HOTP-SHA1-6:QN08-T49H", "OCRA-1:HOTP-SHA1-6:QN08-T0M",
  "OCRA-1:HOTP-SHA1-6:QN08-T1M-PSHA1", "OCRA-1:HOTP-SHA1-6:qn08", "OCRA-1:HOTP-SHA1-6:QN08:", " OCRA-1:HOTP-SHA1-6:QN08",
];

test("what is no suite is refused", () => {
  for (const text of BAD) assert.throws(() => parse(text), OcraError, text);
});

test("exactly the inputs that the suite names", async () => {
  const bytes = new Uint8Array(32).fill(7);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const suite = parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256");
  const whole = { counter: 1n, question: "123456", pin: "1234" };
  assert.match(await respond(suite, key, whole), /^[0-9]{8}$/);
  for (const bad of [
    { ...whole, counter: undefined }, { ...whole, pin: undefined }, { ...whole, question: "" }, { ...whole, question: "1234567" },
    { ...whole, question: "12a456" }, { ...whole, session: new Uint8Array(1) }, { ...whole, time: 1n },
    { ...whole, counter: -1n }, { ...whole, counter: 1n << 64n },
  ]) {
    await assert.rejects(respond(suite, key, bad), OcraError);
  }
  const session = parse("OCRA-1:HOTP-SHA256-8:QN06-S064");
  await assert.rejects(respond(session, key, { question: "1", session: new Uint8Array(65) }), OcraError);
});
