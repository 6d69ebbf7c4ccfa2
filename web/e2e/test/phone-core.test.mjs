// The phone app's core in a real browser, with the real server.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ownBrowser } from "../src/browser.mjs";
import { PIN, ProgramLogin, activated, again, ask, asked, authenticator, codeOf, openCore, scenes } from "../src/core.mjs";
import { dumped, hashesOf, logged } from "../src/kept.mjs";

const VECTORS = path.resolve(import.meta.dirname, "../../../vectors");

const browser = ownBrowser();
const scene = scenes(browser);

scene("OCRA gives every published value in the browser too", async (page) => {
  for (const [file, count] of [["ocra-rfc6287.json", 70], ["ocra-composite.json", 21]]) {
    const text = await readFile(path.join(VECTORS, file), "utf8");
    const found = await page.evaluate((held) => globalThis.checkVectors(globalThis.ocra, globalThis.readVectors(held)), text);
    assert.deepEqual(found, { right: count, wrong: [] }, file);
  }
});

scene("activated by password and code, it approves, denies and answers challenges", async (page, demo) => {
  const account = await activated(page, demo);
  assert.equal(account.form, "pin");
  assert.deepEqual(await ask(page, "accounts"), [account]);
  assert.deepEqual((await ask(page, "pending", account)).pending, []);

  const first = await asked(page, demo, account);
  assert.equal(first.shown.operation.type, "login");
  assert.ok(first.shown.expiresAt > Date.now());
  const wrong = await ask(page, "decide", account, first.shown, "approve", { presence: { pin: "403918" } });
  assert.equal(wrong.error, "wrong-response", JSON.stringify(wrong));
  assert.equal(wrong.detail.attemptsLeft, 2);
  await again(page, demo);
  const right = await ask(page, "decide", account, first.shown, "approve", { presence: { pin: PIN } });
  assert.equal(right, "confirmed");
  assert.ok((await first.login.step({})).authorization_code);
  const late = await ask(page, "decide", account, first.shown, "deny", {});
  assert.deepEqual(late, { error: "attempt-ended", detail: { reason: "already_answered" } });

  const second = await asked(page, demo, account);
  assert.equal(await ask(page, "decide", account, second.shown, "deny", {}), "denied");
  assert.equal((await second.login.step({})).failure.reason, "denied");

  const third = await asked(page, demo, account);
  const { next } = await third.login.step({ method: "challenge_response" });
  assert.equal(next.step, "respond");
  const money = await ask(page, "respond", account, next.challenge, "money", { pin: PIN });
  assert.equal(money.error, "wrong-purpose");
  await page.context().setOffline(true);
  const response = await ask(page, "respond", account, next.challenge, "login", { pin: PIN });
  await page.context().setOffline(false);
  assert.match(response, /^[0-9]{8}$/);
  assert.ok((await third.login.step({ response })).authorization_code);
});

scene("an activation survives a reload, and a wrong code may be tried again", async (page, demo) => {
  const { password } = demo.users.get("boris");
  const refused = await ask(page, "begin", { by: "password", username: "boris", password: "not it" });
  assert.equal(refused.error, "invalid-credentials", JSON.stringify(refused));
  assert.equal(await ask(page, "resumed"), undefined);
  const begun = await ask(page, "begin", { by: "password", username: "boris", password });
  await again(page, demo);
  assert.deepEqual(await ask(page, "resumed"), begun);
  const wrong = await ask(page, "complete", { code: "AAAA-AAAA", presence: { pin: PIN }, look: "android" });
  assert.equal(wrong.error, "wrong-code", JSON.stringify(wrong));
  await again(page, demo);
  const code = await codeOf(demo);
  const done = await ask(page, "complete", { code, presence: { pin: PIN }, look: "android", label: "Boris's" });
  assert.equal(done.account?.label, "Boris's", JSON.stringify(done));
  assert.equal(await ask(page, "resumed"), undefined);
});

scene("the biometric form: no PIN anywhere, and the server judges the platform's own signatures", async (page, demo) => {
  const platform = await authenticator(page);
  assert.equal(await ask(page, "biometricAvailable"), true);
  const account = await activated(page, demo, { presence: "biometric" });
  assert.equal(account.form, "biometric");
  assert.equal((await platform.credentials()).length, 1);
  const first = await asked(page, demo, account);
  assert.equal(await ask(page, "decide", account, first.shown, "approve", { presence: "biometric" }), "confirmed");
  assert.ok((await first.login.step({})).authorization_code);
  const second = await asked(page, demo, account);
  const { next } = await second.login.step({ method: "challenge_response" });
  const response = await ask(page, "respond", account, next.challenge, "login", "biometric");
  assert.ok((await second.login.step({ response })).authorization_code);
  const third = await asked(page, demo, account);
  const pin = await ask(page, "decide", account, third.shown, "approve", { presence: { pin: PIN } });
  assert.equal(pin.error, "unsupported");
  await platform.refuse();
  const refused = await ask(page, "decide", account, third.shown, "approve", { presence: "biometric" });
  assert.equal(refused.error, "cancelled", JSON.stringify(refused));
  assert.equal(await ask(page, "decide", account, third.shown, "report", {}), "denied");
});

scene("the app's own session: opened by what the phone asks for itself, ended by the app", async (page, demo) => {
  const account = await activated(page, demo);
  assert.equal(await ask(page, "session"), undefined);
  const shown = await ask(page, "unlock", account);
  assert.equal(shown.operation?.client_id, "phone-app", JSON.stringify(shown));
  assert.equal((await ask(page, "finish", account, shown.id)).error !== undefined, true, "not before it is approved");
  assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } }), "confirmed");
  const done = await ask(page, "finish", account, shown.id);
  assert.equal(done.type, "login", JSON.stringify(done));
  const session = await ask(page, "session");
  assert.deepEqual(session, { username: "boris", expires_at: done.expires_at });
  await ask(page, "endSession");
  assert.equal(await ask(page, "session"), undefined);
});

scene("an ordinary login inside the app, with the new phone's challenge", async (page, demo) => {
  const account = await activated(page, demo);
  const { password } = demo.users.get("boris");
  const refused = await ask(page, "login", "boris", "not it");
  assert.equal(refused.error, "invalid-credentials", JSON.stringify(refused));
  let at = await ask(page, "login", "boris", password);
  if (at.next.step === "choose_device") at = await ask(page, "loginStep", { device_id: account.device });
  assert.equal(at.next.step, "approve", JSON.stringify(at));
  at = await ask(page, "loginStep", { method: "challenge_response" });
  assert.equal(at.next.step, "respond", JSON.stringify(at));
  const wrong = await ask(page, "loginStep", { response: "00000000" });
  assert.deepEqual(wrong.failure, { reason: "wrong_response", attemptsLeft: 2 });
  const response = await ask(page, "respond", account, wrong.next.challenge, "login", { pin: PIN });
  assert.equal(await ask(page, "loginStep", { response }), "done");
  assert.equal((await ask(page, "session")).username, "boris");
});

scene("a phone whose clock is wrong takes the server's, and one whose token is over gets another", async (page, demo) => {
  const account = await activated(page, demo);
  await demo.advance(7_200);
  const { login, shown } = await asked(page, demo, account);
  assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } }), "confirmed");
  assert.ok((await login.step({})).authorization_code);
});

scene("requests come by themselves while the app is open", async (page, demo) => {
  const account = await activated(page, demo);
  await page.evaluate((of) => {
    globalThis.lists = [];
    globalThis.ended = new AbortController();
    globalThis.core.watch(of, ({ pending }) => globalThis.lists.push(pending), (error) => (globalThis.trouble = error?.slug), globalThis.ended.signal);
  }, account);
  await page.waitForFunction(() => globalThis.lists.at(-1)?.length === 0);
  const login = new ProgramLogin(demo);
  const { next } = await login.begin("boris");
  if (next.step === "choose_device") await login.step({ device_id: account.device });
  await page.waitForFunction(() => globalThis.lists.at(-1)?.length === 1);
  const shown = await page.evaluate(() => globalThis.lists.at(-1)[0]);
  assert.equal(await ask(page, "decide", account, shown, "deny", {}), "denied");
  await page.waitForFunction(() => globalThis.lists.at(-1)?.length === 0);
  assert.equal(await page.evaluate(() => globalThis.trouble), undefined);
  await page.evaluate(() => globalThis.ended.abort());
});

scene("two tabs never use one counter", async (page, demo) => {
  const account = await activated(page, demo);
  const other = await page.context().newPage();
  await openCore(other, demo);
  const answers = await Promise.all(
    [page, other].flatMap((tab) => Array.from({ length: 8 }, () => ask(tab, "respond", account, "123456", "login", { pin: PIN }))),
  );
  assert.equal(new Set(answers).size, 16, "a response for each counter");
});

scene("what the phone keeps and sends holds no PIN, no verifier, and no key that can be read", async (page, demo) => {
  const sent = logged(page.context());
  const account = await activated(page, demo);
  await ask(page, "respond", account, "123456", "login", { pin: PIN });
  const { shown } = await asked(page, demo, account);
  assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } }), "confirmed");
  const dump = await page.evaluate(dumped);
  const text = JSON.stringify(dump);
  assert.ok(dump.keys.length >= 3, "the keys are there");
  for (const key of dump.keys) assert.equal(key.extractable, false, JSON.stringify(key));
  assert.ok(text.includes(account.device), "the dump sees what is kept");
  const log = await sent.ended();
  assert.ok(log.includes("pin_proof") && log.includes("sealed_pin"), "the log sees inside of what is signed");
  for (const secret of [PIN, ...hashesOf(PIN)]) {
    assert.ok(!text.includes(secret), `kept: ${secret}`);
    assert.ok(!log.includes(secret), `sent: ${secret}`);
  }
});
