import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { pinFault } from "../../node_modules/.tests/phone/pin.js";

const file = path.resolve(import.meta.dirname, "../../../vectors/pins.json");

test("new PINs are judged as the server's programs judge them", async () => {
  const { phone } = JSON.parse(await readFile(file, "utf8"));
  assert.ok(phone.length > 20);
  for (const { pin, refused } of phone) assert.equal(pinFault(pin), refused ?? undefined, JSON.stringify(pin));
});
