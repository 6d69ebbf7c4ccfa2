// What people type for an amount, by the table that every program is tested with.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { marksOf, read, shown, write } from "../../node_modules/.tests/phone/amount.js";

const file = path.resolve(import.meta.dirname, "../../../vectors/typed-amounts.json");
const table = JSON.parse(readFileSync(file, "utf8"));

test("what is typed means what the table says", () => {
  assert(table.read.length > 150);
  for (const { lang, currency, decimals, typed, ...means } of table.read) {
    assert.deepEqual(read(typed, marksOf(lang), { currency, decimals }), means, `${JSON.stringify(typed)} in ${lang}`);
  }
});

test("an amount is written in one way", () => {
  for (const { lang, amount, currency, written } of table.write) assert.equal(write(amount, currency, marksOf(lang)), written);
});

test("thousands show while typing, and what is shown means what was typed", () => {
  for (const { lang, typed, shown: seen } of table.typing) {
    const [marks, takes] = [marksOf(lang), { currency: "USD", decimals: 2 }];
    assert.equal(shown(typed, marks), seen);
    assert.deepEqual(read(seen, marks, takes), read(typed, marks, takes));
  }
});

test("the sample brokerage shows thousands by the same rule", async () => {
  const { shown: atTheBrokerage } = await import("../../../brokerage/static/amounts.js");
  for (const { lang, typed, shown: seen } of table.typing) assert.equal(atTheBrokerage(typed, lang), seen);
});

test("a separator is never dropped", () => {
  for (const lang of ["en", "ru"]) {
    for (let whole = 0; whole < 10_000; whole += 37) {
      for (const [mark, fraction] of [[".", "5"], [",", "5"], [".", "05"], [",", "50"]]) {
        const said = read(`${whole}${mark}${fraction}`, marksOf(lang), { currency: "USD", decimals: 2 });
        assert.deepEqual(said, { amount: `${whole}.${fraction.padEnd(2, "0")}` });
      }
    }
  }
});
