// A proxy may swallow the stream of events: then requests are known all the same, by plain questions.

import assert from "node:assert/strict";
import test from "node:test";
import { watch } from "../../node_modules/.tests/phone/watch.js";

globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
globalThis.window = new EventTarget();
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });

const CLOCK = { in: (seconds) => seconds * 1000 };
const WAITING = { confirmations: [{ id: "c1", issuer: "https://login.example", operation: { type: "login" }, expires_in: 180 }] };

/** A phone whose stream is `body`, and which counts the plain questions. */
function phone(body) {
  const asked = { plainly: 0, streams: 0 };
  return {
    asked,
    place: { clock: CLOCK },
    call: async ({ signal }) => {
      asked.streams += 1;
      const start = (controller) => {
        signal.addEventListener("abort", () => controller.error(new Error("aborted")));
        body(controller);
      };
      return { body: new ReadableStream({ start }) };
    },
    get: async () => {
      asked.plainly += 1;
      return WAITING;
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

test("a stream that stays silent from the start leads to a plain question, again and again, long before it is given up", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const silent = phone(() => undefined);
  const [lists, stop] = [[], new AbortController()];
  const ended = watch(async () => silent, { list: (list) => lists.push(list), trouble: () => undefined, signal: stop.signal });
  await settled();
  assert.deepEqual([silent.asked.plainly, lists.length], [0, 0], "the stream has a moment to begin");
  t.mock.timers.tick(8_000);
  await settled();
  assert.equal(lists.at(-1)?.pending[0]?.id, "c1");
  t.mock.timers.tick(16_000);
  await settled();
  assert.equal(silent.asked.plainly, 3);
  assert.equal(silent.asked.streams, 1);
  stop.abort();
  await ended;
});

test("silence after the stream had spoken leads to a plain question, then to another stream", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const falling = phone((controller) => controller.enqueue(new TextEncoder().encode(": here\n\n")));
  const [lists, troubles, stop] = [[], [], new AbortController()];
  const ended = watch(async () => falling, { list: (list) => lists.push(list), trouble: (error) => troubles.push(error), signal: stop.signal });
  await settled();
  t.mock.timers.tick(44_000);
  await settled();
  assert.equal(falling.asked.plainly, 0, "a stream that lives is not doubled by questions");
  t.mock.timers.tick(1_000);
  await settled();
  assert.equal(falling.asked.plainly, 1);
  assert.equal(lists.length, 1);
  assert.deepEqual(troubles.filter((error) => error !== undefined), [], "the answer came: nothing is wrong");
  t.mock.timers.tick(1_000);
  await settled();
  assert.equal(falling.asked.streams, 2);
  stop.abort();
  await ended;
});
