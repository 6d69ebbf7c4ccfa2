// FAPI 2.0 Security Profile, private_key_jwt and DPoP: modules about tokens.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { Browser } from "../src/browser.mjs";
import { Bank, Holder, refusedWith } from "../src/fapi.mjs";
import { person } from "../src/here.mjs";

const alice = person(import.meta.filename);
const PLAN = "fapi2-security-profile-final";
const OFFLINE = { scope: "openid offline_access" };

let bank;
let other;
let browser;
before(async () => {
  [bank, other] = [await Bank.of("bank"), await Bank.of("bank-too")];
  browser = new Browser();
  await bank.logIn(browser, alice);
});

test(`${PLAN}-happy-flow`, async () => {
  for (const client of [bank, other]) {
    const { tokens, claims, holder } = await client.logIn(browser, alice);
    assert.equal(tokens.token_type, "DPoP");
    const answer = await client.resource(tokens.access_token, holder);
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).sub, claims.sub);
    assert.equal(tokens.refresh_token, undefined, "none was asked for");
  }
});

test("plain OAuth: a request without openid gives no ID token, and the metadata stands where RFC 8414 says", async () => {
  const { tokens } = await bank.logIn(browser, alice, { scope: "profile", nonce: undefined });
  assert.deepEqual([tokens.id_token, tokens.token_type], [undefined, "DPoP"]);
  const plain = await fetch(`${bank.metadata.issuer}/.well-known/oauth-authorization-server`);
  assert.equal(plain.status, 200);
  assert.deepEqual(await plain.json(), bank.metadata);
});

test(`${PLAN}-access-token-type-header-case-sensitivity`, async () => {
  const { tokens, holder } = await bank.logIn(browser, alice);
  for (const scheme of ["dpop", "DPOP", "DPoP", "DpOp"]) {
    assert.equal((await bank.resource(tokens.access_token, holder, { scheme })).status, 200, scheme);
  }
});

test(`${PLAN}-attempt-reuse-authorization-code-after-one-second`, async () => {
  const login = await bank.logIn(browser, alice);
  refusedWith(await bank.redeem(login, { holder: login.holder }), "invalid_grant", [400]);
  assert.equal((await bank.resource(login.tokens.access_token, login.holder)).status, 401, "what it gave is taken back");
});

test(`${PLAN}-ensure-pkce-code-verifier-required`, async () => {
  const [login, holder] = [await bank.authorize(browser, alice), await Holder.make()];
  refusedWith(await bank.redeem(login, { holder, parameters: { code_verifier: undefined } }), "invalid_grant", [400]);
});

test(`${PLAN}-incorrect-pkce-code-verifier-rejected`, async () => {
  const [login, holder] = [await bank.authorize(browser, alice), await Holder.make()];
  for (const code_verifier of [randomBytes(32).toString("base64url"), "short"]) {
    refusedWith(await bank.redeem(login, { holder, parameters: { code_verifier } }), "invalid_grant", [400]);
  }
});

test(`${PLAN}-ensure-holder-of-key-required`, async () => {
  const login = await bank.authorize(browser, alice);
  refusedWith(await bank.redeem(login), ["invalid_request", "invalid_dpop_proof"], [400]);
});

for (const [module, nonce] of [
  ["ensure-authorization-request-with-64-char-nonce-success", randomBytes(32).toString("hex")],
  ["ensure-authorization-request-with-long-nonce", randomBytes(192).toString("hex")],
]) {
  test(`${PLAN}-${module}`, async () => {
    const { claims } = await bank.logIn(browser, alice, { nonce });
    assert.equal(claims.nonce, nonce);
  });
}

test(`${PLAN}-ensure-authorization-request-without-nonce-success`, async () => {
  const { claims } = await bank.logIn(browser, alice, { nonce: undefined });
  assert.equal(claims.nonce, undefined);
});

test(`${PLAN}-refresh-token`, async () => {
  const { tokens, claims, holder } = await bank.logIn(browser, alice, OFFLINE);
  assert.match(tokens.refresh_token, /^[\x20-\x7e]+$/);
  // Twice at once, and once more with the first token: whoever lost an answer asks again.
  const asked = await Promise.all([1, 2].map(() => bank.refresh(tokens.refresh_token, { holder })));
  const again = await bank.refresh(tokens.refresh_token, { holder });
  for (const { status, body } of [...asked, again]) {
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((await bank.resource(body.access_token, holder)).status, 200, "and each answer's token is good");
    const refreshed = await bank.believes(body.id_token);
    assert.deepEqual([refreshed.sub, refreshed.auth_time], [claims.sub, claims.auth_time]);
  }
  refusedWith(await bank.refresh(tokens.refresh_token, { holder, assertion: null, parameters: { client_id: bank.id } }), "invalid_client");
  refusedWith(await bank.refresh(tokens.refresh_token), ["invalid_dpop_proof", "invalid_grant"], [400]);
  refusedWith(await bank.refresh(tokens.refresh_token, { holder: await Holder.make() }), "invalid_grant", [400]);
  refusedWith(await other.refresh(tokens.refresh_token, { holder }), "invalid_grant", [400]);
  assert.equal((await bank.refresh(tokens.refresh_token, { holder })).status, 200, "none of that cost the client anything");
});

test(`${PLAN}-test-claims-parameter-identity-claims`, async () => {
  const identity = bank.metadata.claims_supported.filter((name) => name === "preferred_username");
  assert(identity.length > 0);
  for (const wanted of [null, { essential: true }]) {
    const members = Object.fromEntries(identity.map((name) => [name, wanted]));
    const asked = JSON.stringify({ id_token: members, userinfo: members });
    const { tokens, claims, holder } = await bank.logIn(browser, alice, { scope: "openid", claims: asked });
    const info = await (await bank.resource(tokens.access_token, holder)).json();
    for (const name of identity) assert.deepEqual([claims[name], info[name]], [alice.username, alice.username]);
  }
});
