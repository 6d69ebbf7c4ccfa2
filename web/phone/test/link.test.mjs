import assert from "node:assert/strict";
import test from "node:test";
import { readCode, readFragment, requestFragment } from "../../node_modules/.tests/phone/link.js";

const ISSUER = "https://id.example";

test("the codes of our own pages", () => {
  assert.deepEqual(readCode(`${ISSUER}/app/#activate=abc.DEF-_1`, ISSUER), { kind: "activate", session: "abc.DEF-_1" });
  const login = { kind: "login", confirmation: "0198c2-1", token: "tok_EN" };
  assert.deepEqual(readCode(` ${ISSUER}/app/#login=0198c2-1.tok_EN\n`, `${ISSUER}/`), login);
});

test("another server's code is said to be one, and everything else is no code of ours", () => {
  const foreign = { kind: "foreign", origin: "https://evil.example" };
  assert.deepEqual(readCode("https://evil.example/app/#login=a.b", ISSUER), foreign);
  assert.deepEqual(readCode("http://id.example/app/#login=a.b", ISSUER), { kind: "foreign", origin: "http://id.example" });
  for (const text of [
    "", "hello", "WIFI:S:x;;", ISSUER, `${ISSUER}/app/`, `${ISSUER}/app/#login=a`, `${ISSUER}/app/#login=a.b.c`,
    `${ISSUER}/app/#login=.b`, `${ISSUER}/app/#activate=`, `${ISSUER}/app/#activate=a%20b`, `${ISSUER}/app/?x#login=a.b`,
    `${ISSUER}/login#login=a.b`, `https://u:p@id.example/app/#login=a.b`, `javascript:alert(1)#login=a.b`,
    `${ISSUER}/app/#request=d.c`, `${ISSUER}/app/#login=${"a".repeat(201)}.b`,
  ]) {
    assert.deepEqual(readCode(text, ISSUER), { kind: "unknown" }, text);
  }
});

test("a notification's address leads back to its request", () => {
  const found = readFragment(requestFragment("0198-d", "0198-c"));
  assert.deepEqual(found, { kind: "request", device: "0198-d", confirmation: "0198-c" });
  assert.deepEqual(readFragment("#/home"), { kind: "unknown" });
});
