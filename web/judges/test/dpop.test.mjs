// openid-client: tokens bound to a key (RFC 9449).

import assert from "node:assert/strict";
import { test } from "node:test";
import { calculateJwkThumbprint, exportJWK } from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { person, scene } from "../src/here.mjs";
import { introspect, logIn, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const OFFLINE = { scope: "openid profile offline_access" };

async function holder(config) {
  const pair = await oidc.randomDPoPKeyPair("ES256");
  return { DPoP: oidc.getDPoPHandle(config, pair), jkt: await calculateJwkThumbprint(await exportJWK(pair.publicKey)) };
}

test("a token bound to a key is used with proofs by that key only", async () => {
  const config = await relyingParty("bound");
  const { DPoP, jkt } = await holder(config);
  const { tokens, claims } = await logIn(config, new Browser(), alice, { DPoP });
  assert.equal(tokens.token_type, "dpop");
  assert.deepEqual((await introspect(tokens.access_token)).cnf, { jkt });
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP });
  assert.equal(info.sub, claims.sub);
  const other = await holder(config);
  await refused(oidc.fetchUserInfo(config, tokens.access_token, claims.sub, other), "invalid_token", 401);
  await refused(oidc.fetchUserInfo(config, tokens.access_token, claims.sub), "invalid_token", 401);
});

test("a client that must bind its tokens gets none without a proof", async () => {
  const config = await relyingParty("bound");
  const { url, checks } = await request(config);
  const back = await new Browser().signIn(url, alice);
  await refused(oidc.authorizationCodeGrant(config, back, checks), "invalid_dpop_proof", 400);
});

test("a code bound by dpop_jkt or by a proof at PAR goes to that key only", async () => {
  const config = await relyingParty("portal");
  const browser = new Browser();
  for (const pushed of [false, true]) {
    const { DPoP, jkt } = await holder(config);
    const other = await holder(config);
    const parameters = pushed ? {} : { dpop_jkt: jkt };
    const bound = await request(config, { parameters, pushed, DPoP });
    const back = await browser.signIn(bound.url, alice);
    const grant = (options) => oidc.authorizationCodeGrant(config, back, bound.checks, undefined, options);
    await refused(grant(other), "invalid_grant", 400);
    await refused(grant(undefined), "invalid_grant", 400);
    assert.equal((await grant({ DPoP })).token_type, "dpop", "the right key still gets it");
  }
  const { DPoP } = await holder(config);
  const { jkt: another } = await holder(config);
  await refused(request(config, { parameters: { dpop_jkt: another }, pushed: true, DPoP }), "invalid_request", 400);
});

test("refresh keeps the key", async () => {
  const config = await relyingParty("bound");
  const [own, other] = [await holder(config), await holder(config)];
  const { tokens } = await logIn(config, new Browser(), alice, { parameters: OFFLINE, DPoP: own.DPoP });
  await refused(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, other), "invalid_grant", 400);
  await refused(oidc.refreshTokenGrant(config, tokens.refresh_token), "invalid_dpop_proof", 400);
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, own);
  assert.equal(next.token_type, "dpop");
  assert.deepEqual((await introspect(next.access_token)).cnf, { jkt: own.jkt });
});

test("a proof is good once, for its method and its address", async () => {
  const config = await relyingParty("bound");
  const { DPoP } = await holder(config);
  const { tokens } = await logIn(config, new Browser(), alice, { DPoP });
  const endpoint = `${scene.issuer}/oauth2/userinfo`;
  let proof;
  config[oidc.customFetch] = (url, options) => {
    proof = options.headers.get?.("dpop") ?? options.headers.dpop;
    return fetch(url, options);
  };
  const first = await oidc.fetchProtectedResource(
    config, tokens.access_token, new URL(endpoint), "GET", undefined, undefined, { DPoP },
  );
  assert.equal(first.status, 200);
  assert(proof, "the proof was seen");
  const send = (method) => {
    const headers = { authorization: `DPoP ${tokens.access_token}`, dpop: proof };
    return fetch(endpoint, { method, headers });
  };
  for (const method of ["GET", "POST"]) {
    const answer = await send(method);
    assert.equal((await answer.json()).error, "invalid_dpop_proof", method);
  }
});
