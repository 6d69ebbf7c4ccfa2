// openid-client: the code flow with PKCE, ID tokens, userinfo, refresh, revocation and introspection.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { CALLBACK } from "../src/clients.mjs";
import { person, scene } from "../src/here.mjs";
import { answer, introspect, logIn, notBelieved, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const OFFLINE = { parameters: { scope: "openid profile offline_access" } };

test("a login gives an ID token that the library believes, and userinfo about the same user", async () => {
  const config = await relyingParty("portal");
  const { tokens, claims, back } = await logIn(config, new Browser(), alice);
  assert.equal(back.searchParams.get("iss"), scene.issuer);
  assert.equal(tokens.token_type, "bearer");
  assert.deepEqual([claims.iss, claims.aud, claims.preferred_username], [scene.issuer, "portal", alice.username]);
  assert(claims.at_hash && claims.sid, "at_hash and sid are there");
  assert.deepEqual([...claims.amr].sort(), ["mfa", "otp", "pin", "pwd"]);
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.preferred_username, alice.username);
});

test("what does not fit the request is not believed", async () => {
  const config = await relyingParty("desktop");
  const browser = new Browser();
  const { back, checks } = await logIn(config, browser, alice);
  const again = async () => browser.signIn((await request(config)).url, alice);
  for (const [what, code] of [
    [{ expectedState: "another" }, "OAUTH_INVALID_RESPONSE"],
    [{ expectedNonce: "another" }, "OAUTH_JWT_CLAIM_COMPARISON_FAILED"],
  ]) {
    const { url, checks: own } = await request(config);
    const to = await browser.signIn(url, alice);
    await notBelieved(oidc.authorizationCodeGrant(config, to, { ...own, ...what }), code);
  }
  const mixedUp = await again();
  mixedUp.searchParams.set("iss", "https://localhost:1");
  const state = mixedUp.searchParams.get("state");
  await notBelieved(
    oidc.authorizationCodeGrant(config, mixedUp, { ...checks, expectedState: state }),
    "OAUTH_INVALID_RESPONSE",
  );
  await refused(oidc.authorizationCodeGrant(config, back, checks), "invalid_grant", 400);
});

test("PKCE: none, plain and a wrong verifier are refused", async () => {
  const config = await relyingParty("portal");
  const browser = new Browser();
  await logIn(config, browser, alice);
  for (const parameters of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: "plain" },
    { code_challenge_method: undefined },
  ]) {
    const { url } = await request(config, { parameters });
    assert.equal((await answer(browser, url)).error, "invalid_request", JSON.stringify(parameters));
  }
  const { url, checks } = await request(config);
  const back = await browser.signIn(url, alice);
  const wrong = { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
  await refused(oidc.authorizationCodeGrant(config, back, wrong), "invalid_grant", 400);
  const without = { ...checks, pkceCodeVerifier: undefined };
  await refused(oidc.authorizationCodeGrant(config, back, without), "invalid_grant", 400);
});

test("redirect URIs that only resemble the registered one lead nowhere", async () => {
  const config = await relyingParty("portal");
  const near = ["https://rp.example/callback/", "https://rp.example/Callback", "https://rp.example/callback?x=1"];
  const others = ["https://user@rp.example/callback", "http://rp.example/callback", "https://rp.example:443/callback"];
  for (const redirect_uri of [...near, ...others, "https://evil.example/callback", undefined]) {
    const { url } = await request(config, { parameters: { redirect_uri } });
    const { left, status } = await new Browser().visit(url);
    assert.deepEqual([left, status], [undefined, 400], redirect_uri);
  }
});

test("other response types and grants are refused", async () => {
  const config = await relyingParty("portal");
  for (const response_type of ["token", "id_token", "code id_token"]) {
    const { url } = await request(config, { parameters: { response_type } });
    assert.equal((await answer(new Browser(), url)).error, "unsupported_response_type", response_type);
  }
  const { url } = await request(config, { parameters: { request: "e30.e30." } });
  assert.equal((await answer(new Browser(), url)).error, "request_not_supported");
  const password = { username: alice.username, password: alice.password };
  await refused(oidc.genericGrantRequest(config, "password", password), "unsupported_grant_type", 400);
  // There is such a grant, for clients that are registered for a part of the API: this one is not (RFC 6749, 5.2).
  await refused(oidc.clientCredentialsGrant(config), "unauthorized_client", 400);
});

test("a replayed code takes back what it gave", async () => {
  const config = await relyingParty("portal");
  const { tokens, back, checks } = await logIn(config, new Browser(), alice, OFFLINE);
  assert.equal((await introspect(tokens.access_token)).active, true);
  await refused(oidc.authorizationCodeGrant(config, back, checks), "invalid_grant", 400);
  assert.deepEqual(await introspect(tokens.access_token), { active: false });
  await refused(oidc.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant", 400);
  await refused(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), "invalid_token", 401);
});

test("a refresh token is good once; used again, all of its family dies", async () => {
  const config = await relyingParty("desktop");
  const { tokens: first, claims } = await logIn(config, new Browser(), alice, OFFLINE);
  const second = await oidc.refreshTokenGrant(config, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims().sub, claims.sub);
  assert.equal(second.claims().auth_time, claims.auth_time, "a refresh is no login");
  const narrower = await oidc.refreshTokenGrant(config, second.refresh_token, { scope: "openid" });
  assert.equal(narrower.scope, "openid");
  const wider = { scope: "openid admin" };
  await refused(oidc.refreshTokenGrant(config, narrower.refresh_token, wider), "invalid_scope", 400);
  await refused(oidc.refreshTokenGrant(config, first.refresh_token), "invalid_grant", 400);
  await refused(oidc.refreshTokenGrant(config, narrower.refresh_token), "invalid_grant", 400);
  for (const { access_token: token } of [first, second, narrower]) {
    assert.deepEqual(await introspect(token), { active: false });
  }
});

test("another client gets nothing for a code or refresh token", async () => {
  const [portal, desktop] = [await relyingParty("portal"), await relyingParty("desktop")];
  const { tokens } = await logIn(portal, new Browser(), alice, OFFLINE);
  await refused(oidc.refreshTokenGrant(desktop, tokens.refresh_token), "invalid_grant", 400);
  assert((await oidc.refreshTokenGrant(portal, tokens.refresh_token)).access_token, "it still lives");
  const { url, checks } = await request(portal);
  const back = await new Browser().signIn(url, alice);
  await refused(oidc.authorizationCodeGrant(desktop, back, checks), "invalid_grant", 400);
});

test("revocation and introspection", async () => {
  const [portal, desktop] = [await relyingParty("portal"), await relyingParty("desktop")];
  const { tokens, claims } = await logIn(portal, new Browser(), alice, OFFLINE);
  const known = await introspect(tokens.access_token);
  assert.deepEqual(
    [known.active, known.iss, known.sub, known.client_id, known.token_type, known.scope],
    [true, scene.issuer, claims.sub, "portal", "Bearer", tokens.scope],
  );
  assert.equal(known.auth_time, claims.auth_time);
  assert.deepEqual(
    [known.username, known.aud, known.sid],
    [alice.username, scene.issuer, claims.sid],
    "whose, for whom, and of which session",
  );
  assert.deepEqual(await introspect(tokens.refresh_token), { active: false }, "no resource takes a refresh token");
  const own = () => oidc.tokenIntrospection(portal, tokens.refresh_token);
  assert.equal((await own()).token_type, "refresh_token");
  await oidc.tokenRevocation(desktop, tokens.refresh_token);
  assert.equal((await own()).active, true, "not another client's to take back");
  await oidc.tokenRevocation(portal, tokens.refresh_token);
  assert.deepEqual(await introspect(tokens.refresh_token), { active: false });
  assert.deepEqual(await introspect(tokens.access_token), { active: false });
  await oidc.tokenRevocation(portal, "nothing like a token");
  assert.deepEqual(await introspect("nothing like a token"), { active: false });
  await refused(oidc.tokenIntrospection(desktop, tokens.access_token), "invalid_client");
});

test("max_age, prompt and the level of a login", async () => {
  const config = await relyingParty("portal");
  const browser = new Browser();
  const silent = async (parameters) => answer(browser, (await request(config, { parameters })).url);
  assert.equal((await silent({ prompt: "none" })).error, "login_required", "nobody is signed in");
  const { claims } = await logIn(config, browser, alice, { parameters: { max_age: "60" } });
  assert((await silent({ prompt: "none" })).code, "from the session");
  assert.equal((await silent({ prompt: "none", max_age: "0" })).error, "login_required", "a session is not a login");
  assert.equal((await silent({ prompt: "none", id_token_hint: "e30.e30." })).error, "invalid_request");
  const { claims: later } = await logIn(config, browser, alice, { parameters: { prompt: "login" } });
  assert(later.auth_time >= claims.auth_time);
  assert.notEqual(later.sid, claims.sid, "prompt=login asked again");
  const essential = (value) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }) });
  assert.equal((await silent(essential("urn:example:higher"))).error, "unmet_authentication_requirements");
  const { claims: wished } = await logIn(config, browser, alice, { parameters: { acr_values: "urn:example:higher" } });
  assert.equal(wished.acr, claims.acr, "a wish");
  assert((await silent({ ...essential(claims.acr), prompt: "none" })).code, "a must that is met");
});

test("the address of an answer is the registered one", async () => {
  const config = await relyingParty("portal");
  const { url } = await request(config, { parameters: { scope: "openid admin" } });
  const { left } = await new Browser().visit(url);
  assert.equal(left.origin + left.pathname, CALLBACK);
  assert.equal(left.searchParams.get("error"), "invalid_scope");
});
