import assert from "node:assert/strict";
import test from "node:test";
import { OFF, keyOf, masked, pressed } from "../../node_modules/.tests/pages/card.js";

/** Presses keys one after the other; what was asked last is kept. */
function play(mode, keys, from = OFF) {
  let state = from;
  let asked;
  for (const key of keys) {
    const step = pressed(mode, state, key);
    state = step.state;
    asked = step.ask ?? asked;
  }
  return { state, asked };
}

test("a DSC+ asks for the PIN, then the challenge, and computes both", () => {
  assert.deepEqual(play("pin-challenge", ["press"]).state, { at: "pin", typed: "" });
  const { state } = play("pin-challenge", ["press", ..."7294", "OK"]);
  assert.deepEqual(state, { at: "challenge", pin: "7294", typed: "" });
  const done = play("pin-challenge", ["press", ..."7294", "OK", ..."413027", "OK"]);
  assert.equal(done.state.at, "computing");
  assert.deepEqual(done.asked, { pin: "7294", challenge: "413027" });
});

test("OK does nothing before all digits are there, and further digits are not taken", () => {
  assert.equal(play("pin-challenge", ["press", ..."729", "OK"]).state.at, "pin");
  assert.equal(play("pin-challenge", ["press", ..."72945"]).state.typed, "7294");
  const early = play("pin-challenge", ["press", ..."7294", "OK", ..."41302", "OK"]);
  assert.equal(early.state.at, "challenge");
  assert.equal(early.asked, undefined);
});

test("C clears what was typed, and switches a shown response off", () => {
  assert.equal(play("pin-challenge", ["press", ..."72", "C", "9"]).state.typed, "9");
  assert.deepEqual(play("time", ["C"], { at: "showing", value: "038114" }).state, OFF);
});

test("press begins again from anywhere", () => {
  for (const keys of [[..."12"], [..."1234", "OK", ..."99"], [..."1234", "OK", ..."413027", "OK"]]) {
    assert.deepEqual(play("pin-challenge", ["press", ...keys, "press"]).state, { at: "pin", typed: "" });
  }
});

test("a card that is off hears only press", () => {
  for (const key of ["1", "OK", "C"]) assert.deepEqual(play("pin-challenge", [key]).state, OFF);
});

test("the other cards", () => {
  assert.deepEqual(play("pin-time", ["press", ..."1907", "OK"]).asked, { pin: "1907" });
  assert.deepEqual(play("time", ["press"]).asked, { pin: "" });
  assert.deepEqual(play("challenge", ["press", ..."41302755", "OK"]).asked, { pin: "", challenge: "41302755" });
  assert.equal(play("challenge", ["press", ..."413027", "OK"]).asked, undefined, "a Platinum device takes eight digits");
});

test("only the last digit of a PIN is visible", () => {
  assert.deepEqual(["", "7", "72", "7294"].map(masked), ["", "7", "-2", "---4"]);
});

test("the keyboard has the card's keys", () => {
  assert.deepEqual(["5", "Enter", "Backspace", "c", "x", "F5", "10"].map(keyOf), ["5", "OK", "C", "C", undefined, undefined, undefined]);
});
