// The second implementation of the cards against published values.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ocra, totp } from "../src/card.mjs";

const vectors = async (name) => JSON.parse(await readFile(new URL(`../../../vectors/${name}`, import.meta.url), "utf8"));

test("OCRA, RFC 6287", async () => {
  const { vectors: all } = await vectors("ocra-rfc6287.json");
  // The suites of the cards: a numeric question, perhaps a counter and a PIN, no session and no time.
  const ours = all.filter(({ suite }) => /:(C-)?QN\d\d(-PSHA(1|256|512))?$/.test(suite));
  assert.ok(ours.length >= 20, `only ${ours.length} vectors fit`);
  for (const { id, suite, key_hex, counter, question, pin, expected } of ours) {
    assert.equal(ocra(Buffer.from(key_hex, "hex"), suite, { counter, challenge: question, pin }), expected, id);
  }
});

test("TOTP, RFC 6238", async () => {
  const { vectors: all, keys_hex: keys, step_seconds: step, digits } = await vectors("totp-rfc6238.json");
  const ours = all.filter(({ algorithm }) => algorithm === "SHA1");
  assert.equal(ours.length, 6);
  for (const { time, totp8 } of ours) assert.equal(totp(Buffer.from(keys.SHA1, "hex"), time, step, digits), totp8);
});
