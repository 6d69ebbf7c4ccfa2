// The phone app's core in a real browser, with the real server.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { ProgramLogin, again, ask, codeOf, eventually, openCore } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

const VECTORS = path.resolve(import.meta.dirname, "../../../vectors");

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** A test with a demo and a phone's browser window of its own. */
function scene(name, play, flags = []) {
  test(name, async () => {
    const demo = await startDemo(...flags);
    const page = await openPage(browser);
    try {
      await openCore(page, demo);
      await play(page, demo);
      // What the server refuses, Chromium writes to the console; the tests assert it.
      page.complaints = page.complaints.filter((text) => !/the server responded with a status of 4\d\d/.test(text));
    } finally {
      await closePage(page);
      await demo.stop();
    }
  });
}

const PIN = "403917";

/** carol's phone, activated with password and code. */
async function activated(page, demo, username = "carol") {
  const { password } = demo.users.get(username);
  const begun = await ask(page, "begin", { by: "password", username, password });
  assert.equal(begun.proof?.kind, "code", JSON.stringify(begun));
  const code = await codeOf(demo);
  const done = await ask(page, "complete", { code, presence: { pin: PIN }, look: "android" });
  assert.equal(done.account?.username, username, JSON.stringify(done));
  return done.account;
}

scene("OCRA gives every published value in the browser too", async (page) => {
  for (const [file, count] of [["ocra-rfc6287.json", 70], ["ocra-composite.json", 21]]) {
    const text = await readFile(path.join(VECTORS, file), "utf8");
    const found = await page.evaluate((held) => globalThis.checkVectors(globalThis.ocra, globalThis.readVectors(held)), text);
    assert.deepEqual(found, { right: count, wrong: [] }, file);
  }
});

/** Lets `carol` log in with the new phone; the attempt, and what the phone shows of it. */
async function asked(page, demo, account) {
  const login = new ProgramLogin(demo);
  const { next } = await login.begin(account.username);
  if (next.step === "choose_device") await login.step({ device_id: account.device });
  const [shown] = await eventually(async () => {
    const list = await ask(page, "pending", account);
    return list.length > 0 && list;
  }, "the request");
  return { login, shown };
}

scene("activated by password and code, it approves, denies and answers challenges", async (page, demo) => {
  const account = await activated(page, demo);
  assert.equal(account.form, "pin");
  assert.deepEqual(await ask(page, "accounts"), [account]);
  assert.deepEqual(await ask(page, "pending", account), []);

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
  assert.equal(late.error, "already-answered", JSON.stringify(late));

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
  const { password } = demo.users.get("carol");
  const refused = await ask(page, "begin", { by: "password", username: "carol", password: "not it" });
  assert.equal(refused.error, "invalid-credentials", JSON.stringify(refused));
  assert.equal(await ask(page, "resumed"), undefined);
  const begun = await ask(page, "begin", { by: "password", username: "carol", password });
  await again(page, demo);
  assert.deepEqual(await ask(page, "resumed"), begun);
  const wrong = await ask(page, "complete", { code: "AAAA-AAAA", presence: { pin: PIN }, look: "android" });
  assert.equal(wrong.error, "wrong-code", JSON.stringify(wrong));
  await again(page, demo);
  const code = await codeOf(demo);
  const done = await ask(page, "complete", { code, presence: { pin: PIN }, look: "android", label: "Carol's" });
  assert.equal(done.account?.label, "Carol's", JSON.stringify(done));
  assert.equal(await ask(page, "resumed"), undefined);
});
