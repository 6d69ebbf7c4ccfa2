import assert from "node:assert/strict";
import test from "node:test";
import { moneyFirst } from "../../node_modules/.tests/phone/order.js";

const KINDS = { l: { type: "login" }, a: { type: "authentication" }, w: { type: "withdrawal", amount: "1" }, p: { type: "card_payment", amount: "1" }, c: { type: "card_preauthorisation", amount: "1" } };
const shown = (ids) => moneyFirst(ids.map((id) => ({ pending: { id, operation: KINDS[id[0]] } }))).map(({ pending }) => pending.id).join(" ");

test("money comes first, and what is alike stays in order", () => {
  assert.equal(shown(["l1", "w1", "a1", "p1", "l2", "c1"]), "w1 p1 c1 l1 a1 l2");
  assert.equal(shown([]), "");
  assert.equal(shown(["l2", "l1"]), "l2 l1");
});
