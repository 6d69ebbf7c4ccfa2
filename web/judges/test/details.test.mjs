// openid-client: an operation that a user confirms in the browser (RFC 9396), pushed by the client beforehand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "../src/browser.mjs";
import { person } from "../src/here.mjs";
import { altered, judged } from "../src/judged.mjs";
import { CARD_PAYMENT, WITHDRAWAL, details } from "../src/operations.mjs";
import { answer, introspect, logIn, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

test("what is confirmed is repeated in the tokens and certified by a receipt", async () => {
  const config = await relyingParty("pusher");
  const browser = new Browser();
  const how = { pushed: true, parameters: { authorization_details: details(WITHDRAWAL) } };
  const { tokens, claims } = await logIn(config, browser, alice, how);
  assert.deepEqual(tokens.authorization_details, [WITHDRAWAL]);
  assert.deepEqual(claims.authorization_details, [WITHDRAWAL]);
  assert.deepEqual((await introspect(tokens.access_token)).authorization_details, [WITHDRAWAL]);
  const good = { check: "receipt", token: tokens.receipt, client_id: "pusher", sub: claims.sub, details: [WITHDRAWAL] };
  const answers = await judged(
    good,
    { ...good, details: [{ ...WITHDRAWAL, amount: "1500.01" }] },
    { ...good, token: altered(tokens.receipt, 1) },
    { ...good, token: tokens.id_token },
  );
  const bad = ["InvalidClaimError(authorization_details)", "BadSignatureError", "InvalidHeaderValueError"];
  assert.deepEqual(answers, ["good", ...bad]);
  const { tokens: plain } = await logIn(config, browser, alice, { pushed: true });
  assert.deepEqual([plain.authorization_details, plain.receipt], [undefined, undefined], "confirmed once");
});

test("nothing is confirmed silently", async () => {
  const config = await relyingParty("pusher");
  const browser = new Browser();
  await logIn(config, browser, alice, { pushed: true });
  const parameters = { authorization_details: details(WITHDRAWAL), prompt: "none" };
  const { url } = await request(config, { pushed: true, parameters });
  assert.equal((await answer(browser, url)).error, "interaction_required");
});

test("other operations than the registered ones are refused", async () => {
  const config = await relyingParty("pusher");
  for (const operations of [[CARD_PAYMENT], [{ type: "gift" }], [{ ...WITHDRAWAL, amount: "1e9" }], []]) {
    const parameters = { authorization_details: details(...operations) };
    await refused(request(config, { pushed: true, parameters }), "invalid_authorization_details", 400);
  }
  const parameters = { authorization_details: details(WITHDRAWAL) };
  const { url } = await request(await relyingParty("portal"), { parameters });
  assert.equal((await answer(new Browser(), url)).error, "invalid_authorization_details");
});
