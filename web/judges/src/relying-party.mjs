// Relying parties by openid-client, as its documentation says to use it. Nothing of it is changed or switched off:
// it demands https, checks `iss`, `state`, `nonce`, `at_hash` and the rest by itself, and is asked to check every
// signature against the published keys too.

import assert from "node:assert/strict";
import { importJWK } from "jose";
import * as oidc from "openid-client";
import { CALLBACK } from "./clients.mjs";
import { scene } from "./here.mjs";

/** The grant type of CIBA. */
export const CIBA = "urn:openid:params:grant-type:ciba";

/** A client of the registry, by discovery. `auth` other than its registered one is for misdeeds. */
export async function relyingParty(id, auth = undefined) {
  const config = await oidc.discovery(new URL(scene.issuer), id, undefined, auth ?? (await registeredWay(id)));
  oidc.enableNonRepudiationChecks(config);
  return config;
}

async function registeredWay(id) {
  const { secret, key, alg, oauth } = scene.clients[id];
  switch (oauth.auth) {
    case "none":
      return oidc.None();
    case "client_secret_basic":
      return oidc.ClientSecretBasic(secret);
    case "client_secret_post":
      return oidc.ClientSecretPost(secret);
    case "private_key_jwt":
      return oidc.PrivateKeyJwt(await importJWK(key, alg));
    default:
      throw new Error(`${id} proves itself in no known way`);
  }
}

/**
 * An authorization request: its URL, and `checks` for the answer. `parameters` are added, or taken out where they are
 * undefined; `pushed` sends it ahead (PAR); `DPoP` is a handle of the library.
 */
export async function request(config, { parameters = {}, pushed = false, DPoP } = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  };
  if (parameters.max_age !== undefined) checks.maxAge = Number(parameters.max_age);
  const all = {
    redirect_uri: CALLBACK,
    scope: "openid profile",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...parameters,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const url = pushed
    ? await oidc.buildAuthorizationUrlWithPAR(config, sent, { DPoP })
    : oidc.buildAuthorizationUrl(config, sent);
  return { url, checks };
}

/** The whole code flow; `{ tokens, claims, back, checks }`. */
export async function logIn(config, browser, person, how = {}) {
  const { url, checks } = await request(config, how);
  const back = await browser.signIn(url, person);
  const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, { DPoP: how.DPoP });
  return { tokens, claims: tokens.claims(), back, checks };
}

/** The library must fail with this OAuth error, and this status where one is given; what it threw. */
export async function refused(promise, code, status = undefined) {
  const error = await promise.then(
    (value) => assert.fail(`${code} was expected, and it went well: ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  // Where there is a challenge in WWW-Authenticate the library leaves the body to others.
  const challenge = error.code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE";
  const said = challenge ? (error.cause[0].parameters.error ?? (await error.response.json()).error) : error.error;
  assert.equal(said, code, `${error.code ?? ""} ${error.message}: ${JSON.stringify(error.cause)}`);
  if (status !== undefined) assert.equal(error.status, status);
  return error;
}

/** The library itself must not believe what it was given: the error has this code of the library's. */
export async function notBelieved(promise, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, `${error.code} ${error.message}`);
    return true;
  });
}

/** Where an authorization request leads a browser without asking anybody: the parameters of the answer. */
export async function answer(browser, url) {
  const { left, status, text } = await browser.visit(url);
  assert(left, `it stays at Countersign (status ${status}): ${text?.slice(0, 300)}`);
  assert.equal(left.origin + left.pathname, CALLBACK);
  assert.equal(left.searchParams.get("iss"), scene.issuer);
  return Object.fromEntries(left.searchParams);
}

/** Whether a token lives, as a resource server learns it. */
export async function introspect(token) {
  return oidc.tokenIntrospection(await relyingParty("resource"), token);
}
