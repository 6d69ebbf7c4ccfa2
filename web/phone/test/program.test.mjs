// A browser's name for itself, made readable.

import assert from "node:assert/strict";
import { test } from "node:test";
import { program } from "../../node_modules/.tests/phone/program.js";

const KNOWN = [
  ["Chrome", "Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"],
  ["Edge", "Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"],
  ["Chrome", "Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"],
  ["Firefox", "Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"],
  ["Safari", "macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"],
  ["Safari", "iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"],
];

test("browser and system are named, and what was sent is kept", () => {
  for (const [browser, system, agent] of KNOWN) assert.deepEqual(program(agent), { browser, system, exact: agent });
});

test("what is not a browser is shown as it calls itself", () => {
  for (const agent of ["tws/966", "Mozilla/4.0", "", "Mozilla/5.0 <b>Chrome</b>"]) assert.deepEqual(program(agent), { exact: agent });
});
