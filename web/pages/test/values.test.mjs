import assert from "node:assert/strict";
import test from "node:test";
import { shared } from "../../node_modules/.tests/pages/values.js";

test("one value stays in its field", () => {
  assert.deepEqual(shared("a1", "", 3), { here: "a1", there: "", full: false });
  assert.deepEqual(shared("A1B", "", 3), { here: "A1B", there: "", full: true });
  assert.deepEqual(shared("A1", "ZZZ", 3), { here: "A1", there: "ZZZ", full: false });
});

test("both values at once are parted, whatever stands between them", () => {
  for (const both of ["A1BC2D", "A1B C2D", "A1B-C2D", " a1b\tc2d "]) {
    assert.deepEqual(shared(both, "", 3), { here: both.trim().slice(0, 3), there: both.trim().slice(-3), full: true });
  }
});
