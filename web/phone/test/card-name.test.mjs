import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { cardName } from "../../node_modules/.tests/phone/card-name.js";

const file = path.resolve(import.meta.dirname, "../../../vectors/card-names.json");

test("a card has one name on every surface", () => {
  for (const [id, name] of Object.entries(JSON.parse(readFileSync(file, "utf8")))) assert.equal(cardName(id), name);
});
