// FAPI 2.0 Security Profile, private_key_jwt and DPoP: modules about pushed requests and what the browser brings.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { Browser } from "../src/browser.mjs";
import { CALLBACK } from "../src/clients.mjs";
import { Bank, Holder, refusedWith } from "../src/fapi.mjs";
import { person, scene } from "../src/here.mjs";

const alice = person(import.meta.filename);
const PLAN = "fapi2-security-profile-final";

let bank;
let browser;
before(async () => {
  bank = await Bank.of("bank");
  browser = new Browser();
  await bank.logIn(browser, alice);
});

/** A pushed request that must be taken and answered. */
const succeeds = async (parameters, how) => {
  const login = await bank.authorize(browser, alice, parameters, how);
  assert(login.code, `${login.back}`);
  return login;
};

/** A pushed request that must be refused at once. */
const refuses = async (parameters, codes, how) => refusedWith(await bank.push(parameters, how), codes);

/** An address at which the browser must stay, on a page that says no. */
const stays = async (url, by = browser) => {
  const { left, status } = await by.visit(url);
  assert.deepEqual([left, status], [undefined, 400]);
};

test(`${PLAN}-discovery-end-point-verification`, () => {
  const { metadata } = bank;
  const holds = (name, ...values) => values.forEach((value) => assert(metadata[name].includes(value), `${name}: ${value}`));
  holds("response_types_supported", "code");
  holds("grant_types_supported", "authorization_code", "refresh_token");
  holds("token_endpoint_auth_methods_supported", "private_key_jwt");
  holds("token_endpoint_auth_signing_alg_values_supported", "ES256", "PS256", "EdDSA");
  holds("dpop_signing_alg_values_supported", "ES256");
  holds("code_challenge_methods_supported", "S256");
  holds("scopes_supported", "openid");
  holds("id_token_signing_alg_values_supported", "ES256");
  assert.equal(metadata.issuer, scene.issuer);
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  for (const [name, value] of Object.entries(metadata)) {
    if (name.endsWith("_endpoint") || name === "jwks_uri") assert.match(value, /^https:\/\//, name);
  }
});

test(`${PLAN}-par-without-duplicate-parameters`, () => succeeds({}));

test(`${PLAN}-ensure-other-scope-order-succeeds`, () => succeeds({ scope: "offline_access openid" }));

test(`${PLAN}-ensure-authorization-request-without-state-success`, async () => {
  const { back } = await succeeds({ state: undefined });
  assert.equal(back.searchParams.get("state"), null);
});

test(`${PLAN}-ensure-authorization-request-with-long-state`, async () => {
  const state = randomBytes(192).toString("hex");
  const { back } = await succeeds({ state });
  assert.equal(back.searchParams.get("state"), state);
});

test(`${PLAN}-ensure-redirect-uri-in-authorization-request`, () => refuses({ redirect_uri: undefined }, "invalid_request"));

test(`${PLAN}-ensure-registered-redirect-uri`, () => refuses({ redirect_uri: `${CALLBACK}/other` }, ["invalid_request", "invalid_redirect_uri"]));

test(`${PLAN}-ensure-response-type-token-fails`, () => refuses({ response_type: "token" }, ["unsupported_response_type", "invalid_request"]));

test(`${PLAN}-ensure-response-type-code-idtoken-fails`, () =>
  refuses({ response_type: "code id_token" }, ["unsupported_response_type", "invalid_request"]));

test(`${PLAN}-par-ensure-pkce-required`, () =>
  refuses({ code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"));

test(`${PLAN}-par-plain-pkce-rejected`, () => refuses({ code_challenge_method: "plain" }, "invalid_request"));

test(`${PLAN}-par-authorization-request-containing-request_uri-form-param`, () =>
  refuses({ request_uri: "urn:ietf:params:oauth:request_uri:x" }, "invalid_request"));

test(`${PLAN}-ensure-unsigned-authorization-request-without-using-par-fails`, async () => {
  const { sent } = await bank.push();
  const url = new URL(bank.metadata.authorization_endpoint);
  url.search = new URLSearchParams(sent);
  const { left } = await browser.visit(url);
  bank.comesBack(left, sent);
  assert.equal(left.searchParams.get("error"), "invalid_request");
});

test(`${PLAN}-par-attempt-invalid-http-method`, async () => {
  const endpoint = bank.metadata.pushed_authorization_request_endpoint;
  for (const method of ["GET", "PUT", "DELETE", "PATCH"]) assert.equal((await fetch(endpoint, { method })).status, 405, method);
});

for (const [module, aud] of [
  ["par-test-array-as-audience-fails", () => [scene.issuer, bank.metadata.token_endpoint]],
  ["par-test-array-as-audience-fails (the issuer alone)", () => [scene.issuer]],
  ["par-test-par-endpoint-url-as-audience-fails", () => bank.metadata.pushed_authorization_request_endpoint],
  ["par-test-token-endpoint-url-as-audience-fails", () => bank.metadata.token_endpoint],
]) {
  test(`${PLAN}-${module}`, async () => {
    const assertion = await bank.assertion({ claims: { aud: aud() } });
    await refuses({}, ["invalid_client", "invalid_request"], { assertion });
  });
}

test(`${PLAN}-par-attempt-reuse-request_uri`, async () => {
  const { body } = await bank.push();
  assert((await browser.signIn(bank.front(body.request_uri), alice)).searchParams.get("code"));
  await stays(bank.front(body.request_uri));
});

test(`${PLAN}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds`, async () => {
  const fresh = new Browser();
  const { body, sent } = await bank.push();
  const url = bank.front(body.request_uri);
  for (const visit of ["first", "again"]) {
    const shown = await fresh.visit(url);
    assert.deepEqual([shown.left, shown.status], [undefined, 200], visit);
  }
  await stays(url, new Browser());
  const back = await fresh.signIn(url, alice);
  bank.comesBack(back, sent);
  assert(back.searchParams.get("code"), `${back}`);
  await stays(url, fresh);
});

test(`${PLAN}-plain-fapi-tolerate-unregistered-redirect-uri`, () =>
  refuses({ redirect_uri: "https://rp.example/elsewhere" }, ["invalid_request", "invalid_redirect_uri"]));

test(`${PLAN}-ensure-dpop-auth-code-binding-success`, async () => {
  const holder = await Holder.make();
  const url = bank.metadata.pushed_authorization_request_endpoint;
  const login = await succeeds({ dpop_jkt: holder.jkt }, { headers: { dpop: await holder.proof("POST", url) } });
  assert.equal((await bank.redeem(login, { holder })).status, 200);
});

test(`${PLAN}-ensure-dpopproof-at-par-endpoint-binding-success`, async () => {
  const holder = await Holder.make();
  const url = bank.metadata.pushed_authorization_request_endpoint;
  const login = await succeeds({}, { headers: { dpop: await holder.proof("POST", url) } });
  assert.equal((await bank.redeem(login, { holder })).status, 200);
});

test(`${PLAN}-ensure-mismatched-dpop-jkt-fails`, async () => {
  const [holder, other] = [await Holder.make(), await Holder.make()];
  const url = bank.metadata.pushed_authorization_request_endpoint;
  await refuses({ dpop_jkt: other.jkt }, ["invalid_request", "invalid_dpop_proof"], {
    headers: { dpop: await holder.proof("POST", url) },
  });
});

test(`${PLAN}-ensure-token-endpoint-fails-with-mismatched-dpop-jkt`, async () => {
  const [holder, other] = [await Holder.make(), await Holder.make()];
  const login = await succeeds({ dpop_jkt: holder.jkt });
  refusedWith(await bank.redeem(login, { holder: other }), ["invalid_grant", "invalid_dpop_proof"]);
});

test(`${PLAN}-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt`, async () => {
  const [holder, other] = [await Holder.make(), await Holder.make()];
  const url = bank.metadata.pushed_authorization_request_endpoint;
  const login = await succeeds({}, { headers: { dpop: await holder.proof("POST", url) } });
  refusedWith(await bank.redeem(login, { holder: other }), ["invalid_grant", "invalid_dpop_proof"]);
});

test(`${PLAN}-user-rejects-authentication`, async () => {
  const { body, sent } = await bank.push();
  const fresh = new Browser();
  const shown = await fresh.visit(bank.front(body.request_uri));
  const { left } = await fresh.cancel(shown);
  bank.comesBack(left, sent);
  assert.equal(left.searchParams.get("error"), "access_denied");
  await stays(bank.front(body.request_uri), fresh);
});

test(`${PLAN}-test-essential-acr-sca-claim`, async () => {
  const asked = (value) => JSON.stringify({ id_token: { acr: { essential: true, value } } });
  const [level] = bank.metadata.acr_values_supported;
  const { claims } = await bank.logIn(browser, alice, { claims: asked(level) });
  assert.equal(claims.acr, level);
  const { body, sent } = await bank.push({ claims: asked("urn:openbanking:psd2:sca") });
  const { left } = await browser.visit(bank.front(body.request_uri));
  bank.comesBack(left, sent);
  assert.equal(left.searchParams.get("error"), "unmet_authentication_requirements");
});
