// joserfc and authlib (PyPI): our keys, signatures, ID tokens and metadata, and the proofs of our own programs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import {
  SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader, exportSPKI, generateKeyPair, importJWK,
} from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { person, scene } from "../src/here.mjs";
import { altered, judged } from "../src/judged.mjs";
import { posted } from "../src/listener.mjs";
import { logIn, relyingParty } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

test("an ID token is good, and everything that resembles it is not", async () => {
  const { tokens, claims, checks } = await logIn(await relyingParty("portal"), new Browser(), alice);
  const { id_token: token, access_token } = tokens;
  const good = { check: "id_token", token, client_id: "portal", nonce: checks.expectedNonce, access_token };
  const { kid } = decodeProtectedHeader(token);
  const { keys } = await (await fetch(`${scene.issuer}/oauth2/jwks`)).json();
  const jwk = keys.find((key) => key.kid === kid);
  const published = await exportSPKI(await importJWK(jwk, "ES256", { extractable: true }));
  const forged = (alg, key) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg, kid }).sign(key);
  const { privateKey } = await generateKeyPair("ES256");
  const answers = await judged(
    good,
    { ...good, token: altered(token, 2) },
    { ...good, token: altered(token, 1) },
    { ...good, token: await forged("ES256", privateKey) },
    { ...good, token: await forged("HS256", new TextEncoder().encode(published)) },
    { ...good, token: new UnsecuredJWT(claims).encode() },
    { ...good, client_id: "desktop" },
    { ...good, nonce: "another" },
    { ...good, access_token: `${access_token}x` },
  );
  assert.deepEqual(answers, [
    "good",
    "BadSignatureError",
    "BadSignatureError",
    "BadSignatureError",
    "UnsupportedAlgorithmError",
    "UnsupportedAlgorithmError",
    "InvalidClaimError(aud)",
    "InvalidClaimError(nonce)",
    "InvalidClaimError(at_hash)",
  ]);
});

test("an ID token by RS256 is good where a client asked for it", async () => {
  const { tokens, checks } = await logIn(await relyingParty("classic"), new Browser(), alice);
  const { id_token: token, access_token } = tokens;
  const question = { check: "id_token", token, client_id: "classic", nonce: checks.expectedNonce, access_token };
  const answers = await judged({ ...question, alg: "RS256" }, { ...question, token: altered(token, 2) });
  assert.deepEqual(answers, ["good", "BadSignatureError"]);
});

test("the metadata are as Discovery, RFC 8414 and RP-Initiated Logout have them", async () => {
  assert.deepEqual(await judged({ check: "discovery" }), ["good"]);
});

test("a logout token says which session of whom ended, and is taken for nothing else", async () => {
  const config = await relyingParty("told");
  const browser = new Browser();
  const { tokens, claims, checks } = await logIn(config, browser, alice);
  const sent = await posted(scene.told, () =>
    browser.visit(oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token })),
  );
  assert.equal(sent.headers["content-type"], "application/x-www-form-urlencoded");
  const token = new URLSearchParams(sent.body).get("logout_token");
  const good = { check: "logout_token", token, client_id: "told", sub: claims.sub, sid: claims.sid };
  const answers = await judged(
    good,
    { ...good, sid: "another" },
    { ...good, client_id: "portal" },
    { ...good, token: altered(token, 1) },
    { ...good, token: tokens.id_token },
    { check: "id_token", token, client_id: "told", nonce: checks.expectedNonce },
  );
  assert.deepEqual(answers, [
    "good",
    "InvalidClaimError(sid)",
    "InvalidClaimError(aud)",
    "BadSignatureError",
    "InvalidHeaderValueError",
    "MissingClaimError(acr,amr,auth_time)",
  ]);
});

test("a proof of our own phone program is good for its request and no other", async () => {
  const { url, method, headers } = await recorded((server) => alice.listAt(server));
  assert.match(headers.authorization, /^DPoP /);
  const access_token = headers.authorization.replace("DPoP ", "");
  const good = { check: "dpop", proof: headers.dpop, method, url, access_token };
  const answers = await judged(
    good,
    { ...good, url: scene.issuer },
    { ...good, access_token: "another" },
    { ...good, proof: altered(headers.dpop, 2) },
  );
  const bad = ["InvalidClaimError(htu)", "InvalidClaimError(ath)", "BadSignatureError"];
  assert.deepEqual(answers, ["good", ...bad]);
});

/** The first request with a proof that a program sends to a server which only describes itself and listens. */
async function recorded(send) {
  const metadata = await (await fetch(`${scene.issuer}/.well-known/openid-configuration`)).text();
  let seen;
  let address;
  const server = createServer(({ method, url, headers }, response) => {
    if (headers.dpop) seen ??= { method, url: `${address}${url}`, headers };
    response.setHeader("content-type", "application/json");
    response.writeHead(headers.dpop ? 503 : 200).end(metadata.replaceAll(scene.issuer, address));
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  address = `http://localhost:${server.address().port}`;
  try {
    await send(address);
    assert(seen, "a request with a proof came");
    return seen;
  } finally {
    server.close();
  }
}
