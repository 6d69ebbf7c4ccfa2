// openid-client: pushed authorization requests (RFC 9126).

import assert from "node:assert/strict";
import { test } from "node:test";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { person } from "../src/here.mjs";
import { answer, logIn, refused, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

test("a pushed request logs in, by a client that may push and one that must", async () => {
  for (const id of ["portal", "pusher"]) {
    const { claims } = await logIn(await relyingParty(id), new Browser(), alice, { pushed: true });
    assert.equal(claims.aud, id);
  }
});

test("a client that must push is refused otherwise", async () => {
  const { url } = await request(await relyingParty("pusher"));
  assert.equal((await answer(new Browser(), url)).error, "invalid_request");
});

test("a request_uri is for one client, once", async () => {
  const config = await relyingParty("portal");
  const browser = new Browser();
  await logIn(config, browser, alice);
  const { url } = await request(config, { pushed: true });
  assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  assert((await answer(browser, url)).code);
  const again = await browser.visit(url);
  assert.deepEqual([again.left, again.status], [undefined, 400], "used");

  const { url: foreign } = await request(config, { pushed: true });
  foreign.searchParams.set("client_id", "desktop");
  const refusedOne = await browser.visit(foreign);
  assert.deepEqual([refusedOne.left, refusedOne.status], [undefined, 400], "another client's");
});

test("what would be refused at the front is refused at once", async () => {
  const config = await relyingParty("portal");
  const pushed = (parameters) => request(config, { pushed: true, parameters });
  await refused(pushed({ redirect_uri: "https://evil.example/callback" }), "invalid_request", 400);
  await refused(pushed({ code_challenge_method: "plain" }), "invalid_request", 400);
  await refused(pushed({ scope: "openid admin" }), "invalid_scope", 400);
  await refused(pushed({ request_uri: "urn:ietf:params:oauth:request_uri:x" }), "invalid_request", 400);
  const stranger = await relyingParty("portal", oidc.ClientSecretBasic("wrong"));
  await refused(request(stranger, { pushed: true }), "invalid_client", 401);
  const endpoint = config.serverMetadata().pushed_authorization_request_endpoint;
  assert.equal((await fetch(endpoint)).status, 405, "POST only");
});
