// openid-client: how clients prove themselves, and what passes for no proof.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { SignJWT, UnsecuredJWT, exportSPKI, generateKeyPair, importJWK } from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { person, scene } from "../src/here.mjs";
import { logIn, refused, relyingParty } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

for (const id of ["desktop", "portal", "poster", "signer"]) {
  test(`${scene.clients[id].oauth.auth} is taken from a client that registered it`, async () => {
    const { claims } = await logIn(await relyingParty(id), new Browser(), alice);
    assert.equal(claims.aud, id);
  });
}

test("another method than the registered one is refused, and so is a wrong secret", async () => {
  const { secret } = scene.clients.portal;
  for (const auth of [oidc.ClientSecretPost(secret), oidc.ClientSecretBasic("wrong"), oidc.None()]) {
    await refused(oidc.tokenRevocation(await relyingParty("portal", auth), "x"), "invalid_client");
  }
  const poster = await relyingParty("poster", oidc.ClientSecretBasic(scene.clients.poster.secret));
  await refused(oidc.tokenRevocation(poster, "x"), "invalid_client", 401);
  const symmetric = await relyingParty("poster", oidc.ClientSecretJwt(scene.clients.poster.secret));
  await refused(oidc.tokenRevocation(symmetric, "x"), "invalid_client");
});

test("an assertion is good once, at the issuer, and only by the client's key", async () => {
  const jwk = scene.clients.signer.key;
  const key = await importJWK(jwk, "ES256");
  const claims = (more = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: "signer", sub: "signer", aud: scene.issuer, iat: now, exp: now + 60, jti: randomUUID(), ...more };
  };
  const signed = (claims, alg = "ES256", by = key) => new SignJWT(claims).setProtectedHeader({ alg }).sign(by);
  const call = async (assertion) => oidc.tokenRevocation(await relyingParty("signer", carrying(assertion)), "x");

  const good = await signed(claims());
  await call(good);
  await refused(call(good), "invalid_client");

  const foreign = await generateKeyPair("ES256");
  const { d, ...open } = jwk;
  const published = await exportSPKI(await importJWK(open, "ES256", { extractable: true }));
  for (const [what, forged] of Object.entries({
    "another's key": await signed(claims(), "ES256", foreign.privateKey),
    "for the token endpoint": await signed(claims({ aud: `${scene.issuer}/oauth2/token` })),
    "for two places": await signed(claims({ aud: [scene.issuer, "https://other.example"] })),
    "in another's name": await signed(claims({ iss: "portal", sub: "portal" })),
    expired: await signed(claims({ exp: 1 })),
    unsigned: new UnsecuredJWT(claims()).encode(),
    "with the public key as a secret": await signed(claims(), "HS256", new TextEncoder().encode(published)),
  })) {
    await refused(call(forged), "invalid_client").catch((error) => assert.fail(`${what}: ${error.message}`));
  }
});

/** A client authentication that sends an assertion as it is. */
function carrying(assertion) {
  return (_server, client, body) => {
    body.set("client_id", client.client_id);
    body.set("client_assertion_type", JWT_BEARER);
    body.set("client_assertion", assertion);
  };
}
