// openid-client: discovery. Every value that the metadata lists is used once, and must work; a name or value that no
// test here knows fails, so that nothing can be advertised unseen.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { SignJWT, importJWK } from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { person, scene } from "../src/here.mjs";
import { CARD_PAYMENT, WITHDRAWAL, details } from "../src/operations.mjs";
import { CIBA, answer, logIn, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);
const browser = new Browser();

let config;
let metadata;
let first;
before(async () => {
  config = await relyingParty("portal");
  metadata = config.serverMetadata();
  first = await logIn(config, browser, alice, { parameters: { scope: "openid profile offline_access" } });
});

/** A login from the session that there is. */
const again = (parameters, more = {}) => logIn(config, browser, alice, { parameters, ...more });

const withMethod = (method) => Object.values(scene.clients).find(({ oauth }) => oauth.auth === method)?.id;

/** How each listed value is used. */
const LISTS = {
  response_types_supported: (value) => again({ response_type: value }),
  response_modes_supported: (value) => again({ response_mode: value }),
  grant_types_supported: (value) => GRANTS[value](),
  subject_types_supported: async (value) => {
    const { claims } = await logIn(await relyingParty("desktop"), browser, alice);
    assert.equal(claims.sub === first.claims.sub, value === "public", "one sub everywhere");
  },
  id_token_signing_alg_values_supported: async (value) => {
    const { tokens } = await logIn(await relyingParty(SIGNED[value]), browser, alice);
    assert.equal(JSON.parse(Buffer.from(tokens.id_token.split(".")[0], "base64url")).alg, value);
  },
  prompt_values_supported: async (value) => {
    const { url } = await request(config, { parameters: { prompt: value } });
    if (value === "none") {
      assert((await answer(browser, url)).code);
      assert.equal((await answer(new Browser(), url)).error, "login_required");
    } else {
      assert.equal((await browser.visit(url)).left, undefined, "the user is asked");
      await again({ prompt: value });
    }
  },
  token_endpoint_auth_methods_supported: async (value) =>
    oidc.tokenRevocation(await relyingParty(withMethod(value)), "x"),
  token_endpoint_auth_signing_alg_values_supported: async (value) =>
    refused(oidc.refreshTokenGrant(await relyingParty(SIGNING[value]), "x"), "invalid_grant"),
  revocation_endpoint_auth_methods_supported: async (value) =>
    oidc.tokenRevocation(await relyingParty(withMethod(value)), "x"),
  revocation_endpoint_auth_signing_alg_values_supported: async (value) =>
    oidc.tokenRevocation(await relyingParty(SIGNING[value]), "x"),
  introspection_endpoint_auth_methods_supported: async (value) =>
    assert.deepEqual(await oidc.tokenIntrospection(await relyingParty(withMethod(value)), "x"), { active: false }),
  introspection_endpoint_auth_signing_alg_values_supported: async (value) =>
    assert.deepEqual(await oidc.tokenIntrospection(await relyingParty(SIGNING[value]), "x"), { active: false }),
  dpop_signing_alg_values_supported: async (value) => {
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(value));
    const { tokens, claims } = await again({}, { DPoP });
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })).sub, claims.sub);
  },
  code_challenge_methods_supported: (value) => again({ code_challenge_method: value }),
  scopes_supported: async (value) => {
    const { tokens } = await again({ scope: `${value === "openid" ? "" : "openid "}${value}` });
    assert(tokens.scope.split(" ").includes(value), tokens.scope);
  },
  claims_supported: async (value) => {
    // Only a confirmed operation is repeated: see ciba.test.mjs.
    if (value !== "authorization_details") assert.notEqual(first.claims[value], undefined);
  },
  acr_values_supported: async (value) => {
    const acr = { essential: true, value };
    const { claims } = await again({ claims: JSON.stringify({ id_token: { acr } }) });
    assert.equal(claims.acr, value);
  },
  ui_locales_supported: async (value) => {
    const { url } = await request(config, { parameters: { ui_locales: value } });
    assert.match((await new Browser().visit(url)).text, new RegExp(`<html lang="${value}"`));
  },
};

/** A back end's request that is good but for whom it names. */
const asks = async (id, parameters = {}) => {
  const about = { scope: "openid", login_hint: "nobody-of-this-name", binding_message: "W4SCT", ...parameters };
  return oidc.initiateBackchannelAuthentication(await relyingParty(id), about);
};

/** Those of CIBA. */
const BACKCHANNEL_LISTS = {
  backchannel_token_delivery_modes_supported: async (value) => {
    const id = { poll: "payments", ping: "pinged" }[value];
    await refused(asks(id, { client_notification_token: "0123456789abcdef0123456789" }), "unknown_user_id");
  },
  backchannel_authentication_request_signing_alg_values_supported: async (value) => {
    const id = SIGNING[value];
    const key = await importJWK(scene.clients[id].key, value);
    const claims = { scope: "openid", login_hint: "nobody-of-this-name", binding_message: "W4SCT" };
    const request = await new SignJWT(claims)
      .setProtectedHeader({ alg: value })
      .setIssuer(id)
      .setAudience(scene.issuer)
      .setIssuedAt()
      .setNotBefore("0 seconds")
      .setExpirationTime("5 minutes")
      .setJti(randomUUID())
      .sign(key);
    await refused(oidc.initiateBackchannelAuthentication(await relyingParty(id), { request }), "unknown_user_id");
  },
  authorization_details_types_supported: async (value) => {
    const operation = { withdrawal: WITHDRAWAL, card_payment: CARD_PAYMENT }[value];
    await refused(asks("payments", { authorization_details: details(operation) }), "unknown_user_id");
  },
};

const GRANTS = {
  authorization_code: () => again({}),
  refresh_token: () => oidc.refreshTokenGrant(config, first.tokens.refresh_token),
  client_credentials: async () => {
    const tokens = await oidc.clientCredentialsGrant(await relyingParty("office"), { scope: "rates:read" });
    assert.deepEqual([tokens.token_type, tokens.scope], ["bearer", "rates:read"]);
  },
  [CIBA]: async () => {
    const payments = await relyingParty("payments");
    await refused(oidc.genericGrantRequest(payments, CIBA, { auth_req_id: "x" }), "invalid_grant", 400);
  },
};

/** A client that signs by an algorithm. */
const SIGNING = { ES256: "signer", PS256: "bank-too", EdDSA: "bank-three" };

/** A client whose ID tokens are signed by an algorithm. */
const SIGNED = { ES256: "portal", RS256: "classic" };

/** What a yes or no means. What back-channel logout does is seen in the tests of Apache and of joserfc. */
const FLAGS = {
  backchannel_logout_supported: (yes) => assert(yes),
  backchannel_logout_session_supported: (yes) => assert.equal(yes, first.claims.sid !== undefined),
  authorization_response_iss_parameter_supported: async (yes) =>
    assert.equal(first.back.searchParams.get("iss"), yes ? scene.issuer : null),
  backchannel_user_code_parameter_supported: (yes) =>
    refused(asks("coded"), yes ? "missing_user_code" : "unknown_user_id"),
  claims_parameter_supported: async (yes) => {
    const acr = { essential: true, value: "urn:example:higher" };
    const { url } = await request(config, { parameters: { claims: JSON.stringify({ id_token: { acr } }) } });
    assert.equal((await answer(browser, url)).error === "unmet_authentication_requirements", yes);
  },
  request_parameter_supported: async (yes) => {
    const { url } = await request(config, { parameters: { request: "e30.e30." } });
    assert.equal((await answer(browser, url)).error === "request_not_supported", !yes);
  },
  request_uri_parameter_supported: async (yes) => {
    const { url } = await request(config, { parameters: { request_uri: "https://rp.example/request.jwt" } });
    assert.equal((await answer(browser, url)).error === "request_uri_not_supported", !yes);
  },
};

test("the issuer is the address it was found under", () => assert.equal(metadata.issuer, scene.issuer));

test("every name is one that is exercised", () => {
  const endpoint = (name) => name === "issuer" || name === "jwks_uri" || name.endsWith("_endpoint");
  const known = { ...LISTS, ...BACKCHANNEL_LISTS, ...FLAGS };
  const unknown = Object.keys(metadata).filter((name) => !endpoint(name) && !(name in known));
  assert.deepEqual(unknown, []);
});

test("every endpoint is there", async () => {
  const endpoints = Object.entries(metadata).filter(([name]) => name === "jwks_uri" || name.endsWith("_endpoint"));
  assert(endpoints.length >= 9);
  for (const [name, url] of endpoints) {
    assert.notEqual((await fetch(url, { redirect: "manual" })).status, 404, name);
  }
});

for (const [name, exercise] of Object.entries({ ...LISTS, ...BACKCHANNEL_LISTS })) {
  test(name, async () => {
    assert(metadata[name].length > 0);
    for (const value of metadata[name]) {
      await exercise(value).catch((error) => assert.fail(`${value}: ${error.stack}`));
    }
  });
}

for (const [name, exercise] of Object.entries(FLAGS)) {
  test(name, () => exercise(metadata[name]));
}
