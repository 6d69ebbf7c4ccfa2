// What a user does with the phone app besides confirming, in a real browser with the real server.

import assert from "node:assert/strict";
import { ownBrowser } from "../src/browser.mjs";
import { PIN, activated, again, ask, asked, scenes } from "../src/core.mjs";

const browser = ownBrowser();
const scene = scenes(browser);

const NEXT_PIN = "851936";

scene("the PIN is changed by a response with each, and the old one is over", async (page, demo) => {
  const account = await activated(page, demo);
  const wrong = await ask(page, "changePin", account, "403918", NEXT_PIN);
  assert.equal(wrong?.error, "wrong-response", JSON.stringify(wrong));
  assert.equal(await ask(page, "changePin", account, PIN, NEXT_PIN), undefined);
  const { login, shown } = await asked(page, demo, account);
  const old = await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } });
  assert.equal(old.error, "wrong-response", JSON.stringify(old));
  assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: NEXT_PIN } }), "confirmed");
  assert.ok((await login.step({})).authorization_code);
  const second = await asked(page, demo, account);
  const { next } = await second.login.step({ method: "challenge_response" });
  const response = await ask(page, "respond", account, next.challenge, "login", { pin: NEXT_PIN });
  assert.ok((await second.login.step({ response })).authorization_code);
});

scene("renamed, looked back at, checked", async (page, demo) => {
  const account = await activated(page, demo);
  const renamed = await ask(page, "rename", account, "The blue one");
  assert.deepEqual(renamed, { ...account, label: "The blue one" });
  await again(page, demo);
  assert.deepEqual(await ask(page, "accounts"), [renamed]);
  const [english, russian] = [await ask(page, "activity", account, "en"), await ask(page, "activity", account, "ru")];
  assert.ok(english.length > 0 && english.length === russian.length, JSON.stringify(english));
  assert.notEqual(english[0].text, russian[0].text);
  const { checks, took } = await timed(page, account);
  const of = Object.fromEntries(checks.map((check) => [check.name, check]));
  const names = ["network", "server", "clock", "device", "worker", "permission", "subscription"];
  assert.deepEqual(checks.map(({ name }) => name).sort(), names.sort());
  for (const name of ["network", "server", "device"]) assert.equal(of[name].state, "good", JSON.stringify(of[name]));
  assert.ok(of.clock.value <= 1 && of.clock.value >= -took, JSON.stringify({ ...of.clock, took }));
  assert.deepEqual([of.worker.state, of.worker.reason], ["bad", "missing"], "nobody registered it on this page");
  assert.equal(of.permission.state, "bad", "nobody gave it");
  await demo.advance(300);
  const later = await timed(page, account);
  const clock = later.checks.find(({ name }) => name === "clock");
  assert.deepEqual([clock.state, clock.reason], ["warning", "behind"]);
  assert.ok(clock.value <= 301 && clock.value >= 300 - later.took, JSON.stringify({ ...clock, took: later.took }));
});

/** The checks, and how many seconds they took: a clock that was looked at meanwhile may seem so much behind. */
async function timed(page, account) {
  const begun = Date.now();
  const checks = await ask(page, "selfCheck", account);
  return { checks, took: Math.ceil((Date.now() - begun) / 1000) + 1 };
}

scene("taken off the phone, with the server and without", async (page, demo) => {
  const account = await activated(page, demo);
  assert.deepEqual(await ask(page, "remove", account), { server: true });
  assert.deepEqual(await ask(page, "accounts"), []);
  await demo.advance(60);
  const next = await activated(page, demo);
  await page.context().setOffline(true);
  const left = await ask(page, "remove", next);
  await page.context().setOffline(false);
  assert.deepEqual(left, { server: false });
  assert.deepEqual(await ask(page, "accounts"), []);
  page.complaints = page.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text));
});
