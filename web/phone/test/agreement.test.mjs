import assert from "node:assert/strict";
import { createDecipheriv, createECDH, createHash, createHmac, hkdfSync } from "node:crypto";
import test from "node:test";
import { AGREEMENT, agree, offered, sealedPin } from "../../node_modules/.tests/phone/agreement.js";
import { newSigningKey, sign, thumbprint } from "../../node_modules/.tests/phone/jose.js";

/** The server's side, by node's own cryptography. */
function server() {
  const ecdh = createECDH("prime256v1");
  const point = ecdh.generateKeys();
  const jwk = { kty: "EC", crv: "P-256", x: part(point, 1), y: part(point, 33) };
  return {
    jwk,
    async keys(activation, phone) {
      const text = activation + (await thumbprint(phone)) + (await thumbprint(jwk));
      const salt = createHash("sha256").update(text).digest();
      const octets = Buffer.concat([Buffer.from([4]), Buffer.from(phone.x, "base64url"), Buffer.from(phone.y, "base64url")]);
      const secret = ecdh.computeSecret(octets);
      return (label) => Buffer.from(hkdfSync("sha256", secret, salt, `countersign/${label}/v1`, 32));
    },
  };
}

function part(point, from) {
  return point.subarray(from, from + 32).toString("base64url");
}

test("both sides have the same three keys, and the phone's are not extractable", async () => {
  const { jwk, keys } = server();
  const agreed = await agree("act-1", jwk);
  const theirs = await keys("act-1", agreed.publicKey);
  for (const label of ["respond", "approve"]) {
    const tag = await crypto.subtle.sign("HMAC", agreed[label], Buffer.from("text"));
    assert.deepEqual(Buffer.from(tag), createHmac("sha256", theirs(label)).update("text").digest(), label);
  }
  for (const label of ["respond", "approve", "pin"]) {
    assert.equal(agreed[label].extractable, false, label);
    await assert.rejects(crypto.subtle.exportKey("raw", agreed[label]));
  }
  const other = await agree("act-1", jwk);
  assert.notDeepEqual(other.publicKey, agreed.publicKey, "a fresh key for each try");
});

test("the PIN's hash is sealed for this activation", async () => {
  const { jwk, keys } = server();
  const agreed = await agree("act-1", jwk);
  const sealed = Buffer.from(await sealedPin(agreed.pin, "act-1", "403917"), "base64url");
  assert.equal(sealed.length, 12 + 32 + 16);
  const key = (await keys("act-1", agreed.publicKey))("pin");
  const open = (aad) => {
    const cipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
    cipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(44));
    return Buffer.concat([cipher.update(sealed.subarray(12, 44)), cipher.final()]);
  };
  assert.deepEqual(open("act-1"), createHash("sha256").update("403917").digest());
  assert.throws(() => open("act-2"));
  const again = await sealedPin(agreed.pin, "act-1", "403917");
  assert.notEqual(again, sealed.toString("base64url"), "a nonce of its own");
});

test("the server's half is taken only when it signed it for this activation", async () => {
  const signer = await newSigningKey();
  const { jwk } = server();
  const offer = (payload, typ = AGREEMENT) => sign(signer, typ, payload);
  const good = { activation: "a", agreement_key: jwk };
  assert.deepEqual(await offered(await offer(good), [signer.jwk], "a"), jwk);
  assert.equal(await offered(await offer(good), [signer.jwk], "b"), undefined);
  assert.equal(await offered(await offer(good, "countersign-receipt+jws"), [signer.jwk], "a"), undefined);
  assert.equal(await offered(await offer({ activation: "a" }), [signer.jwk], "a"), undefined);
  assert.equal(await offered(await offer(good), [(await newSigningKey()).jwk], "a"), undefined);
  const off = { ...jwk, y: jwk.x };
  assert.equal(await agree("a", off), undefined, "a point that is not on the curve");
});
