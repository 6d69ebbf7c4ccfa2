// openid-client: logout that a client asks for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { UnsecuredJWT, decodeJwt } from "jose";
import * as oidc from "openid-client";
import { Browser } from "../src/browser.mjs";
import { GOODBYE } from "../src/clients.mjs";
import { person } from "../src/here.mjs";
import { answer, logIn, relyingParty, request } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

async function signedIn() {
  const config = await relyingParty("portal");
  const browser = new Browser();
  const { tokens } = await logIn(config, browser, alice);
  const silent = async () => answer(browser, (await request(config, { parameters: { prompt: "none" } })).url);
  return { config, browser, hint: tokens.id_token, silent };
}

test("a client ends the session and gets the browser back", async () => {
  const { config, browser, hint, silent } = await signedIn();
  const parameters = { id_token_hint: hint, post_logout_redirect_uri: GOODBYE, state: "a&b" };
  const { left } = await browser.visit(oidc.buildEndSessionUrl(config, parameters));
  assert.equal(left?.href, `${GOODBYE}?state=a%26b`);
  assert.equal((await silent()).error, "login_required");
});

test("the browser is sent nowhere else, and the session stays", async () => {
  const { config, browser, hint, silent } = await signedIn();
  const unsigned = new UnsecuredJWT(decodeJwt(hint)).encode();
  const changed = `${hint.slice(0, -6)}${hint.at(-6) === "A" ? "B" : "A"}${hint.slice(-5)}`;
  for (const parameters of [
    { id_token_hint: hint, post_logout_redirect_uri: "https://evil.example/" },
    { id_token_hint: hint, post_logout_redirect_uri: `${GOODBYE}/` },
    { id_token_hint: hint, post_logout_redirect_uri: `${GOODBYE}?x` },
    { id_token_hint: hint, client_id: "desktop", post_logout_redirect_uri: GOODBYE },
    { id_token_hint: unsigned, post_logout_redirect_uri: GOODBYE },
    { id_token_hint: changed, post_logout_redirect_uri: GOODBYE },
  ]) {
    const { left, status } = await browser.visit(oidc.buildEndSessionUrl(config, parameters));
    assert.deepEqual([left, status], [undefined, 400], JSON.stringify(parameters));
  }
  assert((await silent()).code, "the session is still there");
  const asked = await browser.visit(oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: GOODBYE }));
  assert.deepEqual([asked.left, asked.status], [undefined, 200], "without a hint the user is asked");
  assert((await silent()).code, "and decides");
});
