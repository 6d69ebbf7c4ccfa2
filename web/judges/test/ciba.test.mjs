// openid-client: a back end asks a user to confirm something (CIBA, poll and ping), who answers on the phone.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import * as oidc from "openid-client";
import { PATIENCE } from "../../e2e/src/patience.mjs";
import { Browser } from "../src/browser.mjs";
import { person, scene } from "../src/here.mjs";
import { altered, judged } from "../src/judged.mjs";
import { posted } from "../src/listener.mjs";
import { WITHDRAWAL, details } from "../src/operations.mjs";
import { CIBA, logIn, refused, relyingParty } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

let payments;
let sub;
before(async () => {
  await alice.prefersPhone();
  payments = await relyingParty("payments");
  const { claims } = await logIn(await relyingParty("portal"), new Browser(), alice);
  sub = claims.sub;
});

/** A request about alice; parameters are added, or taken out where they are undefined. */
function ask(config, parameters) {
  const all = { scope: "openid", login_hint: alice.username, binding_message: "W4SCT", ...parameters };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return oidc.initiateBackchannelAuthentication(config, sent);
}

/** As long as the library may poll for an answer that was given. */
const patience = () => ({ signal: AbortSignal.timeout(PATIENCE) });

const poll = (config, { auth_req_id }) => oidc.genericGrantRequest(config, CIBA, { auth_req_id });

test("a request that the user approves gives tokens about this user, once", async () => {
  const asked = await ask(payments, { requested_expiry: "120" });
  assert.deepEqual([asked.expires_in, asked.interval ?? 5], [120, 5]);
  assert(asked.auth_req_id.length >= 27, "160 bits");
  const { id, operation } = await alice.pending();
  assert.deepEqual([operation.client_name, operation.message], ["payments", "W4SCT"], "the phone shows the message");
  await alice.approve(id);
  const tokens = await oidc.pollBackchannelAuthenticationGrant(payments, asked, undefined, patience());
  const claims = tokens.claims();
  assert.deepEqual([claims.iss, claims.aud, claims.sub], [scene.issuer, "payments", sub]);
  assert.equal((await oidc.fetchUserInfo(payments, tokens.access_token, sub)).sub, sub);
  await refused(poll(payments, asked), "invalid_grant", 400);
});

test("a request that the user refuses gives nothing; whoever asks too fast waits longer", async () => {
  const asked = await ask(payments);
  await refused(poll(payments, asked), "authorization_pending", 400);
  await refused(poll(payments, asked), "slow_down", 400);
  await refused(poll(await relyingParty("other-payments"), asked), "invalid_grant", 400);
  const { id } = await alice.pending();
  await alice.deny(id);
  // The library was not told: as after a restart it begins with the first interval, and must not stay behind.
  const polled = oidc.pollBackchannelAuthenticationGrant(payments, asked, undefined, patience());
  await refused(polled, "access_denied", 400);
});

test("an operation is shown to the letter, repeated in the tokens, and certified by a receipt", async () => {
  const authorization_details = details(WITHDRAWAL);
  const asked = await ask(payments, { authorization_details, binding_message: undefined });
  const { id, operation } = await alice.pending();
  const { type: _, ...shown } = WITHDRAWAL;
  for (const [name, value] of Object.entries(shown)) assert.deepEqual(operation[name], value, name);
  await alice.approve(id);
  const tokens = await oidc.pollBackchannelAuthenticationGrant(payments, asked, undefined, patience());
  assert.deepEqual(tokens.authorization_details, [WITHDRAWAL]);
  assert.deepEqual(tokens.claims().authorization_details, [WITHDRAWAL]);
  const good = { check: "receipt", token: tokens.receipt, client_id: "payments", sub, details: [WITHDRAWAL] };
  const answers = await judged(
    good,
    { ...good, details: [{ ...WITHDRAWAL, amount: "1500.01" }] },
    { ...good, token: altered(tokens.receipt, 1) },
  );
  assert.deepEqual(answers, ["good", "InvalidClaimError(authorization_details)", "BadSignatureError"]);
});

test("a client that registered for it is told when the user has answered", async () => {
  const pinged = await relyingParty("pinged");
  const client_notification_token = randomUUID();
  const asked = await ask(pinged, { client_notification_token });
  const { id } = await alice.pending();
  const { url, headers, body } = await posted(scene.pinged, () => alice.approve(id));
  assert.deepEqual([url, headers.authorization], ["/ping", `Bearer ${client_notification_token}`]);
  assert.deepEqual(JSON.parse(body), { auth_req_id: asked.auth_req_id });
  assert.equal((await poll(pinged, asked)).claims().sub, sub);
});

test("each bad request is refused in the words of CIBA", async () => {
  const hint = (await logIn(await relyingParty("portal"), new Browser(), alice)).tokens.id_token;
  const bad = [
    [{ login_hint: "nobody-of-this-name" }, "unknown_user_id"],
    [{ login_hint: undefined, id_token_hint: hint }, "unknown_user_id"],
    [{ login_hint: undefined }, "invalid_request"],
    [{ id_token_hint: hint }, "invalid_request"],
    [{ login_hint: undefined, login_hint_token: hint }, "invalid_request"],
    [{ binding_message: undefined }, "invalid_request"],
    [{ binding_message: "x".repeat(65) }, "invalid_binding_message"],
    [{ binding_message: "two\nlines" }, "invalid_binding_message"],
    [{ scope: "profile" }, "invalid_scope"],
    [{ requested_expiry: "soon" }, "invalid_request"],
    [{ authorization_details: details({ type: "gift" }) }, "invalid_authorization_details"],
    [{ authorization_details: details({ ...WITHDRAWAL, amount: "1e9" }) }, "invalid_authorization_details"],
  ];
  for (const [parameters, code] of bad) {
    await refused(ask(payments, parameters), code, 400).catch((error) =>
      assert.fail(`${JSON.stringify(parameters)}: ${error.message}`),
    );
  }
  await refused(ask(await relyingParty("pinged"), {}), "invalid_request", 400);
  await refused(ask(await relyingParty("coded"), {}), "missing_user_code", 400);
  await refused(ask(await relyingParty("portal"), {}), "unauthorized_client", 400);
  await refused(ask(await relyingParty("desktop"), {}), "unauthorized_client", 400);
  await refused(ask(await relyingParty("payments", oidc.ClientSecretBasic("wrong")), {}), "invalid_client", 401);
  await refused(poll(payments, { auth_req_id: "x" }), "invalid_grant", 400);
});
