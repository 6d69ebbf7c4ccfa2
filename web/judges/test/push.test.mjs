// http_ece and py-vapid (PyPI), and joserfc: what our server hands to push services.

import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { test } from "node:test";
import { person, scene } from "../src/here.mjs";
import { altered, judged } from "../src/judged.mjs";
import { posted } from "../src/listener.mjs";

const alice = person(import.meta.filename);

/** A browser's keys, and what it tells of them. */
function browser() {
  const pair = createECDH("prime256v1");
  const p256dh = pair.generateKeys("base64url", "uncompressed");
  return { p256dh, auth: randomBytes(16).toString("base64url"), private: pair.getPrivateKey("base64url") };
}

/** The push of a test, with what the server said its key is. */
async function push(keys) {
  const serverKey = await alice.subscribes(`${scene.pushed}/push/capability`, keys);
  const sent = await posted(scene.pushed, () => alice.asksForTestPush());
  return { ...sent, serverKey, authorization: sent.headers.authorization };
}

test("a push is read by the browser that subscribed, and by nobody else", async () => {
  const [keys, other] = [browser(), browser()];
  const { url, headers, octets } = await push(keys);
  assert.equal(url, "/push/capability");
  assert.equal(headers["content-encoding"], "aes128gcm");
  assert.equal(headers.urgency, "high");
  assert.match(headers.topic, /^[\w-]{1,32}$/);
  assert(Number(headers.ttl) > 0 && Number(headers.ttl) <= 60, headers.ttl);
  const says = { v: 1, kind: "test", device: alice.phoneId };
  const good = { check: "push", body: octets.toString("base64url"), private: keys.private, auth: keys.auth, says };
  const flipped = Buffer.from(octets);
  flipped[octets.length - 1] ^= 1;
  const answers = await judged(
    good,
    { ...good, body: flipped.toString("base64url") },
    { ...good, private: other.private },
    { ...good, auth: other.auth },
    { ...good, says: { ...says, kind: "request" } },
  );
  assert.equal(answers[0], "good");
  for (const refused of answers.slice(1, 4)) assert.match(refused, /^(InvalidTag|ECEException)$/);
  assert.equal(answers[4], "ValueError");
});

test("a push service sees who sent it, and that it is meant for it", async () => {
  const { authorization, serverKey } = await push(browser());
  const [, token] = authorization.match(/^vapid t=([^,]+),k=/);
  const good = { check: "vapid", authorization, origin: scene.pushed, contact: scene.contact, server_key: serverKey };
  const answers = await judged(
    good,
    { ...good, authorization: authorization.replace(token, altered(token, 1)) },
    { ...good, authorization: authorization.replace(token, altered(token, 2)) },
    { ...good, origin: "https://push.example" },
    { ...good, contact: "mailto:somebody@else.example" },
    { ...good, server_key: browser().p256dh },
  );
  const bad = ["InvalidClaimError(aud)", "InvalidClaimError(sub)", "BadSignatureError"];
  assert.deepEqual(answers, ["good", "BadSignatureError", "BadSignatureError", ...bad]);
});
