// A client under FAPI 2.0 that makes each request by hand, so that a test can put anything wrong into it: assertions and
// DPoP proofs by jose, no OAuth library between. The names of the tests that use it are those of the modules of the
// OpenID Foundation's conformance suite whose requests they play.

import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, importJWK, jwtVerify } from "jose";
import { CALLBACK } from "./clients.mjs";
import { scene } from "./here.mjs";

/** `client_assertion_type`. */
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const seconds = () => Math.floor(Date.now() / 1000);
const random = () => randomBytes(32).toString("base64url");
const sha256 = (text) => createHash("sha256").update(text).digest("base64url");

/** A key that tokens are bound to. */
export class Holder {
  static async make() {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    return new Holder(privateKey, await exportJWK(publicKey));
  }

  constructor(key, jwk) {
    this.key = key;
    this.jwk = jwk;
  }

  /** RFC 7638. */
  get jkt() {
    const { crv, kty, x, y } = this.jwk;
    return sha256(JSON.stringify({ crv, kty, x, y }));
  }

  /** A proof. What is in `claims` and `header` is added, or taken out where it is undefined. */
  async proof(method, url, { token, claims = {}, header = {}, by = this.key, alg = "ES256" } = {}) {
    const said = { jti: randomUUID(), htm: method, htu: url, iat: seconds(), ...(token ? { ath: sha256(token) } : {}) };
    const kept = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
    return new SignJWT(kept({ ...said, ...claims }))
      .setProtectedHeader(kept({ alg, typ: "dpop+jwt", jwk: this.jwk, ...header }))
      .sign(by);
  }
}

/** One of the registered clients with `profile = "fapi2"`. */
export class Bank {
  static async of(id) {
    const response = await fetch(`${scene.issuer}/.well-known/openid-configuration`);
    const { key, alg } = scene.clients[id];
    return new Bank(id, { key: await importJWK(key, alg), alg }, await response.json());
  }

  constructor(id, signs, metadata) {
    Object.assign(this, { id, signs, metadata });
  }

  /** What proves who this is; claims are added, or taken out where they are undefined. */
  async assertion({ claims = {}, signs = this.signs } = {}) {
    const now = seconds();
    const said = { iss: this.id, sub: this.id, aud: scene.issuer, iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
    const kept = Object.entries({ ...said, ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(kept)).setProtectedHeader({ alg: signs.alg }).sign(signs.key);
  }

  /** Posts a form, authenticated unless `assertion` is null; `{ status, body }`. */
  async post(url, parameters, { assertion = undefined, headers = {} } = {}) {
    const proof = assertion === null ? {} : { client_assertion_type: JWT_BEARER, client_assertion: assertion ?? (await this.assertion()) };
    const kept = Object.entries({ ...proof, ...parameters }).filter(([, value]) => value !== undefined);
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(kept), headers, redirect: "manual" });
    const text = await answer.text();
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/, text);
    return { status: answer.status, body: JSON.parse(text), headers: answer.headers };
  }

  /** Pushes an authorization request; `{ status, body, sent, verifier }`. */
  async push(parameters = {}, how = {}) {
    const verifier = random();
    const sent = {
      client_id: this.id,
      response_type: "code",
      redirect_uri: CALLBACK,
      scope: "openid",
      state: random(),
      nonce: random(),
      code_challenge: sha256(verifier),
      code_challenge_method: "S256",
      ...parameters,
    };
    const answer = await this.post(this.metadata.pushed_authorization_request_endpoint, sent, how);
    return { ...answer, sent, verifier };
  }

  /** Where the browser goes with a pushed request. */
  front(requestUri) {
    const url = new URL(this.metadata.authorization_endpoint);
    url.search = new URLSearchParams({ client_id: this.id, request_uri: requestUri });
    return url;
  }

  /** Pushes a request that must be taken, and logs in; `{ back, code, sent, verifier }`. */
  async authorize(browser, person, parameters = {}, how = {}) {
    const pushed = await this.push(parameters, how);
    assert.equal(pushed.status, 201, JSON.stringify(pushed.body));
    const back = await browser.signIn(this.front(pushed.body.request_uri), person);
    this.comesBack(back, pushed.sent);
    return { ...pushed, back, code: back.searchParams.get("code") };
  }

  /** An answer is at the registered address, names the issuer, and repeats the state or has none. */
  comesBack(back, { state }) {
    assert.equal(back.origin + back.pathname, CALLBACK);
    assert.equal(back.searchParams.get("iss"), scene.issuer);
    assert.equal(back.searchParams.get("state"), state ?? null);
  }

  /** Asks the token endpoint. Without `holder` no proof goes along. */
  async token(parameters, { holder, proof, ...how } = {}) {
    const url = this.metadata.token_endpoint;
    const shown = proof ?? (holder && (await holder.proof("POST", url)));
    return this.post(url, parameters, { ...how, headers: shown ? { dpop: shown } : {} });
  }

  /** Redeems what [`authorize`] brought. */
  redeem({ code, verifier }, { parameters = {}, ...how } = {}) {
    const all = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier, ...parameters };
    return this.token(all, how);
  }

  refresh(token, { parameters = {}, ...how } = {}) {
    return this.token({ grant_type: "refresh_token", refresh_token: token, ...parameters }, how);
  }

  /** A login with its tokens; `{ tokens, claims, holder, … }`. */
  async logIn(browser, person, parameters = {}) {
    const holder = await Holder.make();
    const login = await this.authorize(browser, person, parameters);
    const { status, body: tokens } = await this.redeem(login, { holder });
    assert.equal(status, 200, JSON.stringify(tokens));
    const claims = tokens.id_token && (await this.believes(tokens.id_token, login.sent));
    return { ...login, tokens, claims, holder };
  }

  /** The claims of an ID token that holds. */
  async believes(idToken, { nonce } = {}) {
    this.keys ??= createRemoteJWKSet(new URL(this.metadata.jwks_uri));
    const { payload, protectedHeader } = await jwtVerify(idToken, this.keys, { issuer: scene.issuer, audience: this.id });
    assert(["PS256", "ES256", "EdDSA"].includes(protectedHeader.alg), protectedHeader.alg);
    if (nonce !== undefined) assert.equal(payload.nonce, nonce);
    return payload;
  }

  /** Asks the resource that every client has: userinfo. */
  async resource(token, holder, { scheme = "DPoP", proof = undefined, url = this.metadata.userinfo_endpoint } = {}) {
    const shown = proof ?? (await holder.proof("GET", this.metadata.userinfo_endpoint, { token }));
    const headers = new Headers({ authorization: `${scheme} ${token}` });
    for (const one of [shown].flat()) if (one) headers.append("dpop", one);
    return fetch(url, { headers });
  }
}

/** A refusal with one of these codes and statuses. */
export function refusedWith({ status, body }, codes, statuses = [400, 401]) {
  assert([codes].flat().includes(body.error), `${status} ${JSON.stringify(body)}`);
  assert(statuses.includes(status), `${status} ${JSON.stringify(body)}`);
}
