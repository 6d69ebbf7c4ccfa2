import assert from "node:assert/strict";
import test from "node:test";
import { marksOf, read } from "../../node_modules/.tests/phone/amount.js";
import { edited } from "../../node_modules/.tests/phone/amount-typing.js";

/** Types keys one after the other at the caret, as a browser does; `<` is Backspace, `[` goes one to the left. */
function play(lang, keys) {
  const marks = marksOf(lang);
  let now = { typed: "", shows: "", caret: 0 };
  for (const key of keys) {
    const { shows, caret } = now;
    if (key === "[") now = { ...now, caret: caret - 1 };
    else {
      const text = key === "<" ? shows.slice(0, caret - 1) + shows.slice(caret) : shows.slice(0, caret) + key + shows.slice(caret);
      now = edited(now.typed, text, marks);
    }
  }
  return now;
}

test("thousands come while typing, and go with the digits", () => {
  assert.deepEqual(play("en", "1200"), { typed: "1200", shows: "1,200", caret: 5 });
  assert.deepEqual(play("en", "1234567.5"), { typed: "1234567.5", shows: "1,234,567.5", caret: 11 });
  assert.deepEqual(play("ru", "1234,5"), { typed: "1234,5", shows: "1\u00a0234,5", caret: 7 });
  assert.deepEqual(play("en", "1234<"), { typed: "123", shows: "123", caret: 3 });
});

test("a mark that was typed stays, also one of another language", () => {
  assert.equal(play("en", "1,2").typed, "1,2");
  assert.equal(play("en", "1234,5").typed, "1234,5");
  assert.equal(play("ru", "1.200").typed, "1.200");
  assert.equal(play("en", "12 345.67").typed, "12 345.67");
});

test("in the middle the caret stays where it was, and Backspace on the field's own mark takes a digit", () => {
  assert.deepEqual(play("en", "1234[[[9"), { typed: "19234", shows: "19,234", caret: 2 });
  assert.deepEqual(play("en", "1234[[[<"), { typed: "234", shows: "234", caret: 0 });
});

test("whatever is typed, the field means what its typed characters mean", () => {
  const keys = "0123456789.,<";
  for (let seed = 1; seed < 400; seed += 1) {
    const strokes = Array.from({ length: 9 }, (_, place) => keys[(seed * (place + 3) * 7919) % keys.length]).join("");
    for (const lang of ["en", "ru"]) {
      const { typed, shows } = play(lang, strokes);
      const takes = { currency: "USD", decimals: 2 };
      assert.deepEqual(read(shows, marksOf(lang), takes), read(typed, marksOf(lang), takes), `${strokes} in ${lang}`);
    }
  }
});
