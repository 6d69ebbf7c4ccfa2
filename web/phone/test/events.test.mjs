import assert from "node:assert/strict";
import test from "node:test";
import { EventReader } from "../../node_modules/.tests/phone/events.js";

const STREAM = ": hello\n\nevent: confirmations\ndata: {\"a\":\ndata: 1}\n\nevent:x\r\ndata:y\r\n\r\ndata\n\n";
const EVENTS = [
  { name: "confirmations", data: "{\"a\":\n1}" },
  { name: "x", data: "y" },
  { name: "message", data: "" },
];

test("events are the same however the stream is cut", () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const reader = new EventReader();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...reader.read(STREAM.slice(at, at + size)));
    assert.deepEqual(found, EVENTS, `pieces of ${size}`);
  }
});

test("an event without an end does not fill the memory", () => {
  const reader = new EventReader();
  assert.throws(() => {
    for (let piece = 0; piece < 2_000; piece += 1) reader.read(`data: ${"x".repeat(1_000)}\n`);
  }, RangeError);
});
