import assert from "node:assert/strict";
import test from "node:test";
import { pinFault } from "../../node_modules/.tests/phone/pin.js";

test("trivial PINs are refused, and said why", () => {
  const cases = {
    length: ["", "123", "1234567"],
    characters: ["12a4", "１２３４", "12 4"],
    repeated: ["0000", "111111"],
    sequence: ["1234", "4321", "8901", "098765"],
    pattern: ["1212", "121212", "123123"],
    year: ["1984", "2026"],
  };
  for (const [fault, pins] of Object.entries(cases)) {
    for (const pin of pins) assert.equal(pinFault(pin), fault, pin);
  }
  for (const good of ["7294", "40391", "403917", "1357", "198412"]) assert.equal(pinFault(good), undefined, good);
});
