// FAPI-CIBA, private_key_jwt and poll: modules about requests of a back end, and what CIBA Core 7.1 demands of `aud`.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { SignJWT, UnsecuredJWT, generateKeyPair, importJWK } from "jose";
import { Bank, refusedWith } from "../src/fapi.mjs";
import { person, scene } from "../src/here.mjs";
import { CIBA } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const PLAN = "fapi-ciba-id1";
const now = () => Math.floor(Date.now() / 1000);

let bank;
let foreign;
before(async () => {
  await alice.prefersPhone();
  bank = await Bank.of("ciba-bank");
  const { key, alg } = scene.clients.signer;
  foreign = await importJWK(key, alg);
});

/** A signed request; claims are added, or taken out where they are undefined. */
async function signed(claims = {}, { key = bank.signs.key, alg = "ES256" } = {}) {
  const said = {
    iss: bank.id,
    aud: scene.issuer,
    iat: now(),
    nbf: now(),
    exp: now() + 300,
    jti: randomUUID(),
    scope: "openid",
    login_hint: alice.username,
    binding_message: "W4SCT",
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  if (alg === "none") return new UnsecuredJWT(kept).encode();
  return new SignJWT(kept).setProtectedHeader({ alg }).sign(key);
}

const ask = async (parameters, how) => bank.post(bank.metadata.backchannel_authentication_endpoint, parameters, how);

/** A request that must be taken, refused on the phone so that the next one has room. */
async function taken(claims, how) {
  const answer = await ask({ request: await signed(claims) }, how);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await alice.deny((await alice.pending()).id);
  return answer.body;
}

/** A request that must be refused. */
const refuses = async (claims, codes = ["invalid_request", "invalid_request_object"], how = {}) =>
  refusedWith(await ask({ request: await signed(claims, how) }), codes);

test(`${PLAN}-discovery-end-point-verification`, () => {
  const { metadata } = bank;
  assert(metadata.grant_types_supported.includes(CIBA));
  assert.deepEqual(metadata.backchannel_token_delivery_modes_supported, ["poll", "ping"]);
  assert(metadata.backchannel_authentication_request_signing_alg_values_supported.includes("PS256"));
});

test(PLAN, async () => {
  const { body } = await ask({ request: await signed() });
  await alice.approve((await alice.pending()).id);
  const { status, body: tokens } = await bank.token({ grant_type: CIBA, auth_req_id: body.auth_req_id });
  assert.equal(status, 200, JSON.stringify(tokens));
  assert((await bank.believes(tokens.id_token)).sub);
});

test(`${PLAN}-user-rejects-authentication`, async () => {
  const { auth_req_id } = await taken();
  refusedWith(await bank.token({ grant_type: CIBA, auth_req_id }), "access_denied", [400]);
});

test(`${PLAN}-ensure-requested-expiry-as-string-succeeds`, async () => {
  assert.equal((await taken({ requested_expiry: "30" })).expires_in, 30);
});

test("requested_expiry of another life than there is is refused, and not silently another", async () => {
  for (const requested_expiry of [5, 29, 601]) await refuses({ requested_expiry }, "invalid_request");
});

test("nbf a few seconds ahead is a clock, not a misdeed", async () => {
  await taken({ nbf: now() + 5 });
});

for (const [module, claims] of [
  ["missing-aud-fails", { aud: undefined }],
  ["bad-aud-fails", { aud: "https://other.example/" }],
  ["missing-iss-fails", { iss: undefined }],
  ["bad-iss-fails", { iss: "other" }],
  ["missing-exp-fails", { exp: undefined }],
  ["expired-exp-fails", { exp: now() - 300 }],
  ["exp-is-70-minutes-in-future-fails", { exp: now() + 4200 }],
  ["missing-iat-fails", { iat: undefined }],
  ["missing-nbf-fails", { nbf: undefined }],
  ["nbf-is-10-minutes-in-future-fails", { nbf: now() + 600, exp: now() + 900 }],
  ["nbf-is-70-minutes-in-past-fails", { nbf: now() - 4200 }],
  ["missing-jti-fails", { jti: undefined }],
]) {
  test(`${PLAN}-ensure-request-object-${module}`, () => refuses(claims));
}

test(`${PLAN}-ensure-request-object-signature-algorithm-is-none-fails`, () => refuses({}, undefined, { alg: "none" }));

test(`${PLAN}-ensure-request-object-signature-algorithm-is-RS256-fails`, async () => {
  const { privateKey: key } = await generateKeyPair("RS256");
  await refuses({}, undefined, { alg: "RS256", key });
});

test(`${PLAN}-ensure-request-object-signed-by-other-client-fails`, () => refuses({}, undefined, { key: foreign }));

test(`${PLAN}-ensure-unsigned-backchannel-authorization-request-fails`, async () => {
  refusedWith(await ask({ scope: "openid", login_hint: alice.username, binding_message: "W4SCT" }), "invalid_request");
});

test(`${PLAN}-ensure-authorization-request-with-multiple-hints-fails`, () => refuses({ id_token_hint: "e30.e30.e30" }, "invalid_request"));

test(`${PLAN}-ensure-authorization-request-with-potentially-bad-binding-message`, () =>
  refuses({ binding_message: "1234 \u{1f44d}\u{1f3ff} ".repeat(20) }, "invalid_binding_message"));

test(`${PLAN}-ensure-without-client-assertion-in-backchannel-authorization-request`, async () => {
  const request = await signed();
  refusedWith(await ask({ client_id: bank.id, request }, { assertion: null }), ["invalid_client", "invalid_request"]);
});

test(`${PLAN}-ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails`, async () => {
  const { privateKey: key } = await generateKeyPair("RS256");
  const assertion = await bank.assertion({ signs: { key, alg: "RS256" } });
  refusedWith(await ask({ request: await signed() }, { assertion }), ["invalid_client", "invalid_request"]);
});

test(`${PLAN}-ensure-wrong-client-id-in-backchannel-authorization-request`, async () => {
  refusedWith(await ask({ client_id: "signer", request: await signed() }), ["invalid_client", "invalid_request"]);
});

test(`${PLAN}-ensure-wrong-auth-req-id-in-token-endpoint-request`, async () => {
  refusedWith(await bank.token({ grant_type: CIBA, auth_req_id: "x" }), "invalid_grant", [400]);
});

for (const endpoint of ["issuer", "token_endpoint", "backchannel_authentication_endpoint"]) {
  test(`CIBA Core 7.1: an assertion may be addressed to the ${endpoint}`, async () => {
    // A name that nobody has is told to a client that is believed, and bothers nobody.
    const assertion = await bank.assertion({ claims: { aud: bank.metadata[endpoint] } });
    const request = await signed({ login_hint: "nobody-of-this-name" });
    refusedWith(await ask({ request }, { assertion }), "unknown_user_id", [400]);
  });
}

test(`${PLAN}-ensure-client-assertion-with-iss-aud-to-token-endpoint-succeeds`, async () => {
  for (const aud of [scene.issuer, bank.metadata.token_endpoint]) {
    const assertion = await bank.assertion({ claims: { aud } });
    refusedWith(await bank.token({ grant_type: CIBA, auth_req_id: "x" }, { assertion }), "invalid_grant", [400]);
  }
});

test("CIBA Core 7.1: and to nobody else", async () => {
  for (const aud of [bank.metadata.pushed_authorization_request_endpoint, "https://other.example", undefined]) {
    const assertion = await bank.assertion({ claims: { aud } });
    refusedWith(await ask({ request: await signed() }, { assertion }), ["invalid_client"]);
  }
});
