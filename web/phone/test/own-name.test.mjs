import assert from "node:assert/strict";
import test from "node:test";
import { nameOf } from "../../node_modules/.tests/phone/own-name.js";

const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0";
const NAMES = [
  ["Pixel 9", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36", "Pixel 9", true],
  ["Android · Chrome", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36", "", true],
  ["Android · Firefox", "Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", "", true],
  ["iPhone", `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${SAFARI} Mobile/15E148 Safari/604.1`, "", true],
  ["iPad", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Safari/605.1.15`, "", true],
  [undefined, `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Safari/605.1.15`, "", false],
  [undefined, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "", false],
];

test("a phone names itself, as far as it says what it is", () => {
  for (const [name, ...says] of NAMES) assert.equal(nameOf(...says), name);
});
