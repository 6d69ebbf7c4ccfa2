import assert from "node:assert/strict";
import test from "node:test";
import { minutesAndSeconds, passed, secondsUntil } from "../../node_modules/.tests/pages/clock.js";

test("minutes and seconds", () => {
  assert.deepEqual([180, 161, 60, 59, 5, 0].map(minutesAndSeconds), ["3:00", "2:41", "1:00", "0:59", "0:05", "0:00"]);
});

test("seconds until the end are whole and never negative", () => {
  assert.equal(secondsUntil(10_000, 0), 10);
  assert.equal(secondsUntil(10_000, 1), 10);
  assert.equal(secondsUntil(10_000, 9_999), 1);
  assert.equal(secondsUntil(10_000, 10_000), 0);
  assert.equal(secondsUntil(10_000, 99_000), 0);
});

test("each mark is said once, and after a sleep only the last one", () => {
  assert.equal(passed([60, 30, 10], 61, 60), 60);
  assert.equal(passed([60, 30, 10], 60, 59), undefined);
  assert.equal(passed([60, 30, 10], 100, 20), 30);
  assert.equal(passed([60, 30, 10], 100, 5), 10);
  assert.equal(passed([60, 30, 10], 8, 7), undefined);
});
