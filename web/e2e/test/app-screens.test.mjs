// The phone app's screens, used as a person uses them, against the real server.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openApp } from "../src/app.mjs";
import { ProgramLogin } from "../src/core.mjs";
import { respond } from "../src/card.mjs";
import { startDemo } from "../src/demo.mjs";

const PIN = "403917";
const ANOTHER = "829461";

let demo;
before(async () => {
  // Every login is unfamiliar, so that a number is asked for.
  demo = await startDemo("--unfamiliar");
});
after(() => demo?.stop());

/** A story on a phone of its own, in one form and language. */
function story(name, form, play) {
  test(`${name} (${Object.values(form).join(", ")})`, async () => {
    const app = await openApp(demo, form);
    try {
      await play(app);
      await app.close();
    } finally {
      await app.page.context().close();
    }
  });
}

/** `carol` logs in with a program; the login waits for her phone. */
async function asks() {
  const login = new ProgramLogin(demo);
  let { next } = await login.begin("carol");
  if (next.step === "choose_device") {
    const { id } = next.devices.find((device) => device.class === "phone");
    ({ next } = await login.step({ device_id: id }));
  }
  assert.equal(next.step, "approve");
  return { login, number: next.number };
}

const finished = async (login) => (await login.step({})).authorization_code !== undefined;

for (const form of [{ look: "android", lang: "en" }, { look: "ios", lang: "ru" }]) {
  story("activated, a phone approves, denies, answers challenges and reports", form, async (app) => {
    const { words } = app;
    await app.activate("carol", PIN, "Carol’s phone");
    await app.finish();

    const first = await asks();
    await app.openRequest();
    assert.ok([...(await app.details()).values()].includes("Trader Workstation"));
    await app.approve(ANOTHER, first.number);
    await app.says(words.twoLeft);
    await app.approve(PIN, first.number);
    await app.reads(words.approved);
    assert.ok(await finished(first.login));
    await app.finish();

    const second = await asks();
    await app.openRequest();
    await app.deny();
    assert.equal((await second.login.step({})).failure.reason, "denied");
    await app.finish();

    const third = await asks();
    const { next } = await third.login.step({ method: "challenge_response" });
    await app.page.context().setOffline(true);
    const response = await app.respond(next.challenge, PIN);
    await app.page.context().setOffline(false);
    assert.ok((await third.login.step({ response })).authorization_code);

    const fourth = await asks();
    await app.openRequest();
    await app.approve(PIN, fourth.number === "11" ? "12" : "11");
    await app.reads(words.over);
    await app.says(words.wrongNumber);
    await app.remove("carol");
    await app.reads(words.usernames);
  });
}

story("each screen takes only its own challenges", { look: "android", lang: "en" }, async (app) => {
  await app.activate("carol", PIN);
  await app.typeChallenge("812345");
  await app.says(app.words.isMoney);
  assert.equal(await app.page.getByRole("button", { name: app.words.generate, exact: true }).count(), 0);
  await app.typeChallenge("312345", { money: true });
  await app.says(app.words.notMoney);
  await app.typeChallenge("812345", { money: true });
  await app.says(`${app.words.ends} 345?`);
  await app.respond("812345", PIN, { money: true });
});

story("managed: another name, another PIN, the activity, and both used", { look: "ios", lang: "en" }, async (app) => {
  const { words } = app;
  await app.activate("carol", PIN, "First name");
  await app.go("/usernames");
  await app.row("carol");
  await app.row(words.label);
  await app.field(words.label).fill("Second name");
  await app.press(words.save);
  await app.says("Second name");
  await app.row(words.changePin);
  await app.field(words.currentPin).fill(PIN);
  for (const [pin, again] of [["123456", "123456"], [ANOTHER, ANOTHER]]) {
    await app.field(words.newPin).fill(pin);
    await app.field(words.pinAgain).fill(again);
    await app.press(words.changePin);
    if (pin === "123456") assert.equal(await app.alert(), words.pinTrivial);
  }
  await app.says(words.pinChanged);
  const { login, number } = await asks();
  await app.openRequest();
  await app.approve(ANOTHER, number);
  await app.reads(words.approved);
  assert.ok(await finished(login));
});

story("trading: unlocked by the phone, signed out, and logged in with another device", { look: "android", lang: "en" }, async (app) => {
  const { words, page } = app;
  await page.context().route(`${demo.brokerage}/**`, (route) => route.fulfill({ contentType: "text/html", body: "<title>trader</title>" }));
  await app.activate("carol", PIN);
  await app.unlockTrade(PIN);
  await page.waitForURL(`${demo.brokerage}/**`);
  await app.load("/trade");
  await app.press(words.signOut);
  await page.getByRole("button", { name: words.unlock, exact: true }).waitFor();
  await app.logInToTrade("carol", "not it");
  await page.getByRole("alert").waitFor();
  const card = demo.users.get("carol").devices.find((device) => device.class === "dsc-plus");
  await app.logInToTrade("carol");
  await app.choose(card.label);
  await app.answerChallenge((challenge) => respond(card, challenge));
  await page.waitForURL(`${demo.brokerage}/**`);
  await app.load("/trade");
  await page.getByRole("link", { name: words.openTrader, exact: true }).waitFor();
});
