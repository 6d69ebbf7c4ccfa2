import assert from "node:assert/strict";
import { createHash, createPublicKey, createVerify, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { NotCanonical, canonical } from "../../node_modules/.tests/phone/canonical.js";
import { newSigningKey, proof, sign, thumbprint, verified } from "../../node_modules/.tests/phone/jose.js";
import { base64url, fromBase64url, hex, utf8 } from "../../node_modules/.tests/phone/octets.js";

const VECTORS = path.resolve(import.meta.dirname, "../../../vectors");

test("base64url has one text for each value", () => {
  for (let length = 0; length < 70; length += 1) {
    const octets = crypto.getRandomValues(new Uint8Array(length));
    const text = base64url(octets);
    assert.equal(text, Buffer.from(octets).toString("base64url"));
    assert.deepEqual(fromBase64url(text), octets);
  }
  for (const bad of ["A", "AB=", "A+B/", "AB CD", "AAAAA", "AB\n", "Zh", "ZZZ", "é"]) {
    assert.equal(fromBase64url(bad), undefined, bad);
  }
});

// The same values as in the server's wire::canonical.
test("canonical JSON: the published order and escapes", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const text = canonical(Object.fromEntries(names.map((name) => [name, "x"])));
  const order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  assert.equal(text, `{${order.map((name) => `${JSON.stringify(name)}:"x"`).join(",")}}`);
  assert.equal(canonical("\u20ac$\u000f\nA'B\"\\/"), "\"\u20ac$\\u000f\\nA'B\\\"\\\\/\"");
  assert.equal(canonical("\b\t\f\r\u2028\u007f"), "\"\\b\\t\\f\\r\u2028\u007f\"");
});

test("canonical JSON: whole and safe numbers, and JSON only", () => {
  assert.equal(canonical([0, -7, 9007199254740991]), "[0,-7,9007199254740991]");
  assert.equal(canonical({ b: null, a: true, c: undefined }), "{\"a\":true,\"b\":null}");
  assert.equal(canonical({ b: [{ d: 1, c: [] }, {}], a: "" }), "{\"a\":\"\",\"b\":[{\"c\":[],\"d\":1},{}]}");
  for (const bad of [1.5, 9007199254740992, { a: [-9007199254740992] }, Number.NaN, 1n, undefined, "\ud800", { "\udc00": 1 }]) {
    assert.throws(() => canonical(bad), NotCanonical);
  }
});

test("the thumbprint and the token hash of the published values", async () => {
  const published = JSON.parse(await readFile(path.join(VECTORS, "oauth-oidc-values.json"), "utf8"));
  const { jwk, thumbprint: expected } = ecThumbprint(published);
  assert.equal(await thumbprint(jwk), expected);
  const key = await newSigningKey();
  assert.equal(await thumbprint(key.jwk), await thumbprint({ ...key.jwk, use: "sig", kid: "1" }));
});

/** The first P-256 key of the file with its thumbprint. */
function ecThumbprint(value) {
  if (typeof value !== "object" || value === null) return undefined;
  const expected = Object.entries(value).find(([name, text]) => /thumbprint|jkt/.test(name) && typeof text === "string");
  if (expected && value.jwk?.kty === "EC") return { jwk: value.jwk, thumbprint: expected[1] };
  for (const member of Object.values(value)) {
    const found = ecThumbprint(member);
    if (found) return found;
  }
  return undefined;
}

test("what is signed is a compact JWS that another library verifies, and the key stays inside", async () => {
  const key = await newSigningKey();
  assert.equal(key.privateKey.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key.privateKey));
  const jws = await sign(key, "countersign-logout+jws", { device: "d", at: 5 });
  const [header, payload, signature] = jws.split(".");
  assert.deepEqual(decoded(header), { alg: "ES256", typ: "countersign-logout+jws" });
  assert.deepEqual(decoded(payload), { device: "d", at: 5 });
  const verifier = createVerify("SHA256").update(`${header}.${payload}`);
  const theirs = { key: createPublicKey({ key: key.jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  assert.equal(verifier.verify(theirs, Buffer.from(signature, "base64url")), true);
});

test("a DPoP proof has what RFC 9449 asks for, and is another each time", async () => {
  const key = await newSigningKey();
  const of = { method: "POST", url: "https://id.example/api", now: 1_700_000_000 };
  const [first, second] = [await proof(key, of), await proof(key, { ...of, token: "abc" })];
  const [header, claims] = first.split(".").map(decoded);
  assert.deepEqual(header, { alg: "ES256", typ: "dpop+jwt", jwk: key.jwk });
  assert.deepEqual(Object.keys(key.jwk).sort(), ["crv", "kty", "x", "y"]);
  const { jti, ...rest } = claims;
  assert.deepEqual(rest, { htm: "POST", htu: "https://id.example/api", iat: 1_700_000_000 });
  assert.equal(Buffer.from(jti, "base64url").length, 16);
  const [, more] = second.split(".").map(decoded);
  assert.notEqual(more.jti, jti);
  assert.equal(more.ath, createHash("sha256").update("abc").digest("base64url"));
  const [signed, tag] = [first.slice(0, first.lastIndexOf(".")), first.slice(first.lastIndexOf(".") + 1)];
  const theirs = { key: createPublicKey({ key: header.jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  assert.equal(verify("sha256", Buffer.from(signed), theirs, Buffer.from(tag, "base64url")), true);
});

function decoded(part) {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return undefined;
  }
}

test("a JWS is taken only from a published key, for its use, and whole", async () => {
  const [key, other] = [await newSigningKey(), await newSigningKey()];
  const jws = await sign(key, "a+jws", { x: 1 });
  const rsa = { kty: "RSA", n: "AQAB", e: "AQAB" };
  assert.deepEqual(await verified(jws, [rsa, null, other.jwk, { ...key.jwk, kid: "k", alg: "ES256" }], "a+jws"), { x: 1 });
  assert.equal(await verified(jws, [other.jwk], "a+jws"), undefined);
  assert.equal(await verified(jws, [key.jwk], "b+jws"), undefined);
  assert.equal(await verified(jws, [], "a+jws"), undefined);
  const [header, payload, signature] = jws.split(".");
  const none = base64url(utf8(JSON.stringify({ alg: "none", typ: "a+jws" })));
  const critical = base64url(utf8(JSON.stringify({ alg: "ES256", typ: "a+jws", crit: ["exp"] })));
  for (const bad of [
    `${header}.${payload}`, `${jws}.`, `${none}.${payload}.`, `${critical}.${payload}.${signature}`, "", "..",
    `${header}.${base64url(utf8("{\"x\":2}"))}.${signature}`, `${header}.${payload}.${signature.slice(0, -4)}`,
  ]) {
    assert.equal(await verified(bad, [key.jwk], "a+jws"), undefined, bad);
  }
});

test("hexadecimal", () => {
  assert.equal(hex(new Uint8Array([0, 1, 0xab, 0xff])), "0001abff");
});
