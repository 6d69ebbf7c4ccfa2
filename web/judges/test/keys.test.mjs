// openid-client and joserfc: keys are replaced while tokens live. Runs after every other file, whose relying parties
// would meet a key at once that they have just asked for in vain.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProtectedHeader } from "jose";
import { Browser } from "../src/browser.mjs";
import { eventually, operator, person, scene } from "../src/here.mjs";
import { judged } from "../src/judged.mjs";
import { logIn, relyingParty } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const browser = new Browser();

/** An ID token as openid-client believes it now, and the question about it. */
async function token() {
  const { tokens, checks } = await logIn(await relyingParty("portal"), browser, alice);
  const { id_token: token, access_token } = tokens;
  const { kid } = decodeProtectedHeader(token);
  const wanted = { client_id: "portal", nonce: checks.expectedNonce, access_token };
  return { kid, question: { check: "id_token", token, ...wanted } };
}

async function published() {
  const { keys } = await (await fetch(`${scene.issuer}/oauth2/jwks`)).json();
  return keys.map(({ kid }) => kid);
}

test("a new key is published before it signs, an old one after, and a retired one is believed no more", async () => {
  const before = await token();
  const { kid: next } = JSON.parse(await operator("key", "rotate", "--json"));
  await eventually(async () => (await published()).includes(next), "the new key is not published");
  assert.equal((await token()).kid, before.kid, "the old one signs until everybody knows the new one");

  await operator("key", "rotate", "--at-once");
  let after;
  await eventually(async () => (after = await token()).kid === next, "the new key does not sign");
  assert.deepEqual(await judged(before.question, after.question), ["good", "good"], "both are believed");

  await operator("key", "retire", before.kid);
  await eventually(async () => !(await published()).includes(before.kid), "the old key is still published");
  assert.deepEqual(await judged(before.question, after.question), ["InvalidKeyIdError", "good"]);
});
