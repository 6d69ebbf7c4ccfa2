// OpenID Connect: modules of the Basic, RP-Initiated and Back-Channel plans, which send no PKCE. What is behind the
// modules is tried with openid-client in code.test.mjs and logout.test.mjs; this plays their requests as they are.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { UnsecuredJWT, decodeJwt } from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { CALLBACK, GOODBYE } from "../src/clients.mjs";
import { person, scene } from "../src/here.mjs";
import { answer, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const WITHOUT = { code_challenge: undefined, code_challenge_method: undefined };

let config;
let browser;
let first;
before(async () => {
  config = await relyingParty("plain");
  browser = new Browser();
  first = await logIn();
});

async function redeemed(back, checks) {
  const tokens = await oidc.authorizationCodeGrant(config, back, { ...checks, pkceCodeVerifier: undefined });
  return { tokens, claims: tokens.claims(), back, checks };
}

/** A login without PKCE. */
async function logIn(parameters = {}, by = browser) {
  const { url, checks } = await request(config, { parameters: { ...WITHOUT, ...parameters } });
  return redeemed(await by.signIn(url, alice), checks);
}

const silent = async (parameters, by = browser) =>
  answer(by, (await request(config, { parameters: { ...WITHOUT, prompt: "none", ...parameters } })).url);

test("oidcc-server", () => assert.equal(first.claims.nonce, first.checks.expectedNonce));

test("oidcc-response-type-missing", async () => {
  const { url } = await request(config, { parameters: { ...WITHOUT, response_type: undefined } });
  url.searchParams.delete("response_type");
  assert(["invalid_request", "unsupported_response_type"].includes((await answer(browser, url)).error));
});

test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
  // Something must keep a stolen code from being used: a nonce, or PKCE (RFC 9700, 2.1.1).
  const { url } = await request(config, { parameters: { ...WITHOUT, nonce: undefined } });
  assert.equal((await answer(browser, url)).error, "invalid_request");
  const bound = await request(config, { parameters: { nonce: undefined } });
  const back = await browser.signIn(bound.url, alice);
  const tokens = await oidc.authorizationCodeGrant(config, back, { ...bound.checks, expectedNonce: undefined });
  assert.equal(tokens.claims().nonce, undefined);
});

for (const [module, parameters] of [
  ["oidcc-scope-profile", { scope: "openid profile" }],
  ["oidcc-display-page", { display: "page" }],
  ["oidcc-display-popup", { display: "popup" }],
  ["oidcc-ensure-request-with-unknown-parameter-succeeds", { extra: "foobar" }],
  ["oidcc-ui-locales", { ui_locales: "se" }],
  ["oidcc-claims-locales", { claims_locales: "se" }],
  ["oidcc-ensure-request-with-acr-values-succeeds", { acr_values: "1 2" }],
  ["oidcc-claims-essential", { claims: JSON.stringify({ userinfo: { name: { essential: true } } }) }],
]) {
  test(module, async () => assert.equal((await logIn(parameters)).claims.sub, first.claims.sub));
}

test("oidcc-login-hint", async () => {
  const { url } = await request(config, { parameters: { ...WITHOUT, login_hint: alice.username } });
  assert.match((await new Browser().visit(url)).text, new RegExp(`value="${alice.username}"`));
});

test("oidcc-prompt-login", async () => {
  const { claims } = await logIn({ prompt: "login" });
  assert.equal(claims.sub, first.claims.sub);
  assert.notEqual(claims.sid, first.claims.sid);
});

test("oidcc-prompt-none-not-logged-in", async () => assert.equal((await silent({}, new Browser())).error, "login_required"));

test("oidcc-prompt-none-logged-in", async () => assert((await silent()).code));

test("oidcc-id-token-hint", async () => assert((await silent({ id_token_hint: first.tokens.id_token })).code));

test("a claim of another sub is never answered about this one", async () => {
  const asked = (value) => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) });
  assert((await silent(asked(first.claims.sub))).code);
  assert.equal((await silent(asked("nobody"))).error, "login_required");
});

test("oidcc-max-age-10000", async () => assert((await silent({ max_age: "10000" })).code));

test("oidcc-codereuse", async () => {
  const { back, checks, tokens } = await logIn();
  await refused(redeemed(back, checks), "invalid_grant", 400);
  await refused(oidc.fetchUserInfo(config, tokens.access_token, first.claims.sub), "invalid_token", 401);
});

test("oidcc-ensure-registered-redirect-uri", async () => {
  const { url } = await request(config, { parameters: { ...WITHOUT, redirect_uri: `${CALLBACK}/other` } });
  const { left, status } = await browser.visit(url);
  assert.deepEqual([left, status], [undefined, 400]);
});

test("oidcc-ensure-post-request-succeeds", async () => {
  const { url, checks } = await request(config, { parameters: WITHOUT });
  const { left } = await browser.visit(new URL(url.pathname, url), url.searchParams);
  assert.equal((await redeemed(left, checks)).claims.sub, first.claims.sub);
});

test("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", async () => {
  const { url } = await request(config, { parameters: { ...WITHOUT, request_uri: "https://rp.example/request.jwt" } });
  assert.equal((await answer(browser, url)).error, "request_uri_not_supported");
});

test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", async () => {
  const { url } = await request(config, { parameters: { ...WITHOUT, request: "e30.e30." } });
  assert.equal((await answer(browser, url)).error, "request_not_supported");
});

test("oidcc-refresh-token", async () => {
  const { tokens, claims } = await logIn({ scope: "openid offline_access", prompt: "consent" });
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.deepEqual([next.claims().sub, next.claims().auth_time], [claims.sub, claims.auth_time]);
  const other = await relyingParty("portal");
  await refused(oidc.refreshTokenGrant(other, next.refresh_token), "invalid_grant", 400);
});

test("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
  const { url, checks } = await request(config);
  const back = await browser.signIn(url, alice);
  assert((await oidc.authorizationCodeGrant(config, back, checks)).access_token);
});

/** A login of its own, and a logout with these parameters: where it leads, and whether the session is over. */
async function logout(parameters) {
  const by = new Browser();
  const { tokens } = await logIn({}, by);
  const all = { id_token_hint: tokens.id_token, post_logout_redirect_uri: GOODBYE, state: "x".repeat(128), ...parameters };
  const url = new URL(config.serverMetadata().end_session_endpoint);
  const sent = Object.entries(all).map(([name, value]) => [name, typeof value === "function" ? value(tokens.id_token) : value]);
  url.search = new URLSearchParams(sent.filter(([, value]) => value !== undefined));
  const shown = await by.visit(url);
  return { ...shown, over: (await silent({}, by)).error === "login_required" };
}

test("oidcc-rp-initiated-logout", async () => {
  const { left, over } = await logout({});
  assert.deepEqual([left?.href, over], [`${GOODBYE}?state=${"x".repeat(128)}`, true]);
});

test("oidcc-rp-initiated-logout-no-state", async () => {
  const { left, over } = await logout({ state: undefined });
  assert.deepEqual([left?.href, over], [GOODBYE, true]);
});

for (const [module, parameters] of [
  ["bad-post-logout-redirect-uri", { post_logout_redirect_uri: `${GOODBYE}/other` }],
  ["query-added-to-post-logout-redirect-uri", { post_logout_redirect_uri: `${GOODBYE}?foo=bar` }],
  ["modified-id-token-hint", { id_token_hint: (hint) => new UnsecuredJWT({ ...decodeJwt(hint), sub: "other" }).encode() }],
  ["bad-id-token-hint", { id_token_hint: (hint) => `${hint.slice(0, -8)}AAAAAAAA` }],
  ["no-id-token-hint", { id_token_hint: undefined }],
]) {
  test(`oidcc-rp-initiated-logout-${module}`, async () => {
    const { left, status } = await logout(parameters);
    assert.equal(left, undefined, `the browser stays (${status})`);
  });
}

for (const [module, parameters] of [
  ["no-params", { id_token_hint: undefined, post_logout_redirect_uri: undefined, state: undefined }],
  ["only-state", { id_token_hint: undefined, post_logout_redirect_uri: undefined }],
  ["no-post-logout-redirect-uri", { post_logout_redirect_uri: undefined }],
]) {
  test(`oidcc-rp-initiated-logout-${module}`, async () => {
    const { left, status } = await logout(parameters);
    assert.deepEqual([left, status], [undefined, 200]);
  });
}

test("oidcc-discovery-endpoint-verification", () => {
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, scene.issuer);
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"]) assert(metadata[name], name);
  for (const name of ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"]) {
    assert(metadata[name].length > 0, name);
  }
  assert(metadata.id_token_signing_alg_values_supported.includes("RS256"));
  assert.deepEqual([metadata.backchannel_logout_supported, metadata.backchannel_logout_session_supported], [true, true]);
  assert.equal(metadata.request_uri_parameter_supported, false);
});
