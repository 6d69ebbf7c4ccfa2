// FAPI 2.0 Security Profile, private_key_jwt and DPoP: modules about proofs of possession.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { UnsecuredJWT, exportJWK, generateKeyPair } from "jose";
import { Browser } from "../src/browser.mjs";
import { Bank, Holder } from "../src/fapi.mjs";
import { person } from "../src/here.mjs";

const alice = person(import.meta.filename);
const PLAN = "fapi2-security-profile-final";
const now = () => Math.floor(Date.now() / 1000);

let bank;
let browser;
let login;
before(async () => {
  bank = await Bank.of("bank");
  browser = new Browser();
  login = await bank.logIn(browser, alice);
});

/** The status of the resource for a proof about its address. */
async function shown(how = {}, more = {}) {
  const { tokens, holder } = login;
  const { userinfo_endpoint: url } = bank.metadata;
  const proof = await holder.proof("GET", url, { token: tokens.access_token, ...how });
  return (await bank.resource(tokens.access_token, holder, { proof, ...more })).status;
}

for (const [module, iat] of [
  ["ensure-dpopproof-with-iat-10seconds-before-succeeds", -10],
  ["ensure-dpopproof-with-iat-10seconds-after-succeeds", 10],
]) {
  test(`${PLAN}-${module}`, async () => {
    const holder = await Holder.make();
    const claims = () => ({ claims: { iat: now() + iat } });
    const { pushed_authorization_request_endpoint: par, token_endpoint: token, userinfo_endpoint: url } = bank.metadata;
    const asked = await bank.authorize(browser, alice, {}, { headers: { dpop: await holder.proof("POST", par, claims()) } });
    const { status, body } = await bank.redeem(asked, { proof: await holder.proof("POST", token, claims()) });
    assert.equal(status, 200, JSON.stringify(body));
    const proof = await holder.proof("GET", url, { token: body.access_token, ...claims() });
    assert.equal((await bank.resource(body.access_token, holder, { proof })).status, 200);
  });
}

test(`${PLAN}-check-dpop-proof-nbf-exp`, async () => {
  const claims = { nbf: now() - 5, exp: now() + 60 };
  assert.equal(await shown({ claims }), 200);
});

/** Proofs that must hold, though they are not the usual ones. */
const GOOD = {
  "htu with a query and a fragment": () => ({ claims: { htu: `${bank.metadata.userinfo_endpoint}?a=b#c` } }),
  "htu with scheme and host in capitals": () => ({
    claims: { htu: bank.metadata.userinfo_endpoint.replace("https://localhost", "HTTPS://LOCALHOST") },
  }),
  "more in header and claims": () => ({ claims: { extra: 1 }, header: { extra: "x" } }),
};

/** Proofs that must not hold. */
const BAD = {
  "typ is missing": () => ({ header: { typ: undefined } }),
  "typ is another": () => ({ header: { typ: "JWT" } }),
  "jwk is missing": () => ({ header: { jwk: undefined } }),
  "jti is missing": () => ({ claims: { jti: undefined } }),
  "htm is missing": () => ({ claims: { htm: undefined } }),
  "htm is another": () => ({ claims: { htm: "PUT" } }),
  "htu is missing": () => ({ claims: { htu: undefined } }),
  "htu is another": () => ({ claims: { htu: "https://other.example/oauth2/userinfo" } }),
  "iat is missing": () => ({ claims: { iat: undefined } }),
  "iat is one hour ahead": () => ({ claims: { iat: now() + 3600 } }),
  "iat is one hour old": () => ({ claims: { iat: now() - 3600 } }),
  "ath is missing": () => ({ claims: { ath: undefined } }),
  "ath is another": () => ({ claims: { ath: "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" } }),
  "jwk holds the private key": async () => ({ header: { jwk: await exportJWK(login.holder.key) } }),
  "signed by another key": async () => ({ by: (await Holder.make()).key }),
  "another key's own proof": async () => {
    const other = await Holder.make();
    return { header: { jwk: other.jwk }, by: other.key };
  },
  RS256: async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    return { header: { jwk: await exportJWK(publicKey) }, by: privateKey, alg: "RS256" };
  },
};

test(`${PLAN}-dpop-negative-tests`, async (t) => {
  const { tokens, holder } = login;
  const { access_token: token } = tokens;
  const { userinfo_endpoint: url } = bank.metadata;
  assert.equal(await shown(), 200);
  for (const [name, how] of Object.entries(GOOD)) {
    await t.test(name, async () => assert.equal(await shown(await how()), 200));
  }
  await t.test("the address has a query, htu has none", async () => {
    assert.equal(await shown({}, { url: `${url}?dpop=1` }), 200);
  });
  for (const [name, how] of Object.entries(BAD)) {
    await t.test(name, async () => {
      const status = await shown(await how());
      assert([400, 401].includes(status), `${status}`);
    });
  }
  const refuses = async (how) => assert([400, 401].includes((await bank.resource(token, holder, how)).status));
  await t.test("two proofs", async () => {
    await refuses({ proof: [await holder.proof("GET", url, { token }), await holder.proof("GET", url, { token })] });
  });
  await t.test("no JWT", () => refuses({ proof: "not.a.proof" }));
  await t.test("alg none", () => refuses({ proof: new UnsecuredJWT({ htm: "GET", htu: url, iat: now(), jti: "1" }).encode() }));
  await t.test("an altered signature", async () => {
    const proof = await holder.proof("GET", url, { token });
    await refuses({ proof: `${proof.slice(0, -8)}${proof.slice(-8) === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA"}` });
  });
  await t.test("no proof", () => refuses({ proof: "" }));
  await t.test("no proof, and Bearer", () => refuses({ proof: "", scheme: "Bearer" }));
  await t.test("a proof, and Bearer", () => refuses({ scheme: "Bearer" }));
  await t.test("the same jti twice", async () => {
    const proof = await holder.proof("GET", url, { token });
    assert.equal((await bank.resource(token, holder, { proof })).status, 200);
    await refuses({ proof });
  });
  assert.equal(await shown(), 200, "the token is as good as before");
});
