// How a phone becomes a key, stays one and ends, with the settings pages in another browser and the real server.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openApp } from "../src/app.mjs";
import { BIOMETRIC_FORM, LONGEST, PIN_FORM, awaits, both, codeOn, forgiveNoNetwork, pictureOf } from "../src/both.mjs";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { PIN, codeOf } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { dumped, hashesOf, logged } from "../src/kept.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
const story = both(browser);


/** The settings' page for a phone, with a code on it. */
async function invite(person) {
  await person.page.goto(`${person.demo.url}/settings/phone`);
  await person.press(person.words.showCode);
  await person.page.locator("svg.qr").waitFor();
}

/** The settings page says that the phone is active, and lists it under its name. */
async function isListed(person, label) {
  await person.page.getByText(person.words.phoneActive, { exact: true }).waitFor();
  await person.page.goto(`${person.demo.url}/settings`);
  await person.page.locator("main").getByText(label).first().waitFor();
}

story("activated by the code on the settings page", { ...PIN_FORM, username: "carol" }, async ({ app, person }) => {
  await person.logIn();
  await invite(person);
  const picture = await pictureOf(person.page);
  await app.scanPicture(picture);
  await app.says(`${app.words.forUsername} carol`);
  await app.choosePresence(PIN, "By picture");
  await app.reads(app.words.active);
  await isListed(person, "By picture");
  // A code is good once.
  await app.scanPicture(picture);
  await app.page.getByRole("alert").filter({ hasText: app.words.codeUnknown }).waitFor();
});

story("a link with a code asks first, and keeps the activation under way", { ...BIOMETRIC_FORM, username: "carol" }, async ({ app, demo, person }) => {
  const { page, words } = app;
  await person.logIn();
  await invite(person);
  const link = new URL(await codeOn(person.page)).hash.slice(1);
  let begun = 0;
  page.on("request", (request) => (begun += request.method() === "POST" && request.url().endsWith("/activations") ? 1 : 0));
  await app.beginByPassword("boris");
  await app.reads(words.typeCode);
  await app.says(`${words.forUsername} boris`);
  assert.equal(begun, 1);
  await app.load(link);
  await app.says(words.followed);
  await app.press(words.activatePhone);
  await app.press(words.goOn, page.getByRole("dialog", { name: words.replace }));
  await app.giveCode(await codeOf(demo));
  await app.says(`${words.forUsername} boris`);
  await app.choosePresence("biometric");
  await app.reads(words.active);
  assert.equal(begun, 1, "the link began nothing");
  await app.load(link);
  await app.press(words.activatePhone);
  await app.says(`${words.forUsername} carol`);
  await app.choosePresence("biometric", "By link");
  await app.reads(words.active);
  await isListed(person, "By link");
});

for (const { presence, ...form } of [PIN_FORM, BIOMETRIC_FORM]) {
  story("activated by the id on the settings page, after another login", { ...form, username: "carol" }, async ({ app, demo, person }) => {
    await person.logIn();
    // Used in between, so that the session lives on.
    await demo.advance(11 * 60);
    await person.page.reload();
    await person.reads(person.words.settings);
    await demo.advance(10 * 60);
    await person.page.goto(`${demo.url}/settings/phone`);
    assert.equal((await person.alert()).trim(), person.words.staleLogin);
    const show = person.page.getByRole("button", { name: person.words.showCode, exact: true });
    assert.equal(await show.or(person.page.locator("svg.qr")).count(), 0, "said before anything is pressed");
    await person.page.getByRole("link", { name: person.words.logInAgain, exact: true }).click();
    await person.field(person.words.password).waitFor();
    await person.logIn();
    await invite(person);
    const id = (await person.page.locator("#session-id").textContent()).trim();
    await app.activateBySession("carol", id, presence, "By id");
    await isListed(person, "By id");
    // The new key logs its owner in.
    await app.finish();
    await person.givePassword();
    await person.reads(person.words.choose);
    const phone = person.page.locator("#device option", { hasText: "By id" });
    await person.field(person.words.device).selectOption(await phone.getAttribute("value"));
    await person.press(person.words.continue);
    await person.reads(person.words.approve);
    await app.openRequest();
    await app.approve(presence);
    await app.reads(app.words.approved);
    await person.isSignedIn();
  });
}

story("the last step names no form before the phone has said whether it can tell its user", BIOMETRIC_FORM, async ({ app, demo }) => {
  const { page, words } = app;
  await page.addInitScript(() => {
    // An empty page has none.
    const { PublicKeyCredential: own } = globalThis;
    if (own) own.isUserVerifyingPlatformAuthenticatorAvailable = () => new Promise((answer) => (globalThis.answer = answer));
  });
  await app.beginByPassword("boris");
  await app.reads(words.typeCode);
  await app.giveCode(await codeOf(demo));
  await page.waitForFunction(() => globalThis.answer !== undefined);
  const named = (heading) => page.getByRole("heading", { level: 1, name: heading, exact: true });
  assert.equal(await named(words.choosePin).or(named(words.biometric)).count(), 0);
  assert.equal(await page.getByLabel(words.label, { exact: true }).count(), 0, "there is nothing to fill in yet");
  await page.evaluate(() => globalThis.answer(true));
  await app.reads(words.biometric);
  await app.choosePresence(PIN);
  await app.reads(words.active);
});

story("loaded anew at each step of an activation", PIN_FORM, async ({ app, demo, person }) => {
  const { page, words } = app;
  await app.beginByPassword("boris");
  await app.reads(words.typeCode);
  await page.reload();
  await app.reads(words.typeCode);
  await app.giveCode(await codeOf(demo));
  await app.reads(words.choosePin);
  // The code is kept nowhere, and is typed once more.
  await page.reload();
  await app.giveCode(await codeOf(demo));
  // The keys are agreed, but the first response does not get through.
  await page.route(/\/prove$/, (route) => route.abort());
  await app.choosePresence(PIN, "Interrupted");
  await page.getByRole("alert").waitFor();
  await page.unroute(/\/prove$/);
  await page.reload();
  await app.choosePresence(PIN);
  await app.reads(words.active);
  await app.finish();
  await awaits(person);
  await app.openRequest();
  await app.approve(PIN);
  await app.reads(words.approved);
  await person.isSignedIn();
  forgiveNoNetwork(page);
});

test("the app's data cleared: activated again, and the old key is dead", { timeout: LONGEST }, async () => {
  const demo = await startDemo();
  const laptop = await openPage(browser());
  const folder = await mkdtemp(path.join(tmpdir(), "countersign-phone-"));
  const [phone, copy] = ["phone", "copy"].map((name) => path.join(folder, name));
  const used = [];
  const switchOn = async (profile) => {
    const app = await openApp(demo, { folder: profile });
    used.push(app);
    return app;
  };
  try {
    const first = await switchOn(phone);
    await first.activate("boris", PIN, "Before");
    await first.close();
    // Who copies all that a phone keeps has its key: only the server can end it.
    await cp(phone, copy, { recursive: true });

    const app = await switchOn(phone);
    assert.equal(await app.page.getByText(app.words.start, { exact: true }).count(), 0);
    const devtools = await app.page.context().newCDPSession(app.page);
    await devtools.send("Storage.clearDataForOrigin", { origin: demo.url, storageTypes: "all" });
    await app.load();
    await app.page.getByText(app.words.start, { exact: true }).waitFor();
    await app.activate("boris", PIN, "After");
    await app.says(app.words.alsoEnded);
    // Two phones may have one name: it says since when the other one was.
    await app.says(/^Before, which was active since \d/);
    await app.finish();

    const boris = new Person(laptop, demo, "boris", "en");
    await awaits(boris);
    const old = await switchOn(copy);
    await old.page.getByText(old.words.keyEnded, { exact: true }).waitFor();
    assert.equal(await old.page.getByRole("button", { name: old.words.answer }).count(), 0);
    await app.openRequest();
    await app.page.locator(".origin").first().waitFor();
    await boris.press(boris.words.noNotification);
    await boris.answer(await old.respond(await boris.challenge(), PIN));
    await boris.page.getByRole("alert").filter({ hasText: boris.words.wrong }).waitFor();
    await boris.answer(await app.respond(await boris.challenge(), PIN));
    await boris.isSignedIn();
    await old.close();
    await app.close();
    await closePage(laptop);
  } finally {
    for (const { page } of used) await page.context().close();
    await laptop.context().close();
    await rm(folder, { recursive: true, force: true });
    await demo.stop();
  }
});

story("what the app keeps and sends holds no PIN, and no key that can be read", { ...PIN_FORM, flags: ["--unfamiliar"] }, async ({ app, person }) => {
  const log = logged(app.page.context());
  await app.load();
  await app.activate("boris", PIN);
  await app.finish();
  await awaits(person);
  await app.openRequest();
  await app.approve(PIN, await person.field(person.words.number).textContent());
  await app.reads(app.words.approved);
  await person.isSignedIn();
  await awaits(person);
  await person.press(person.words.noNotification);
  await person.answer(await app.respond(await person.challenge(), PIN));
  await person.isSignedIn();

  const dump = await app.page.evaluate(dumped);
  assert.ok(dump.keys.length >= 3, "the keys are there");
  for (const key of dump.keys) assert.ok(key.type === "public" || !key.extractable, JSON.stringify(key));
  const kept = JSON.stringify(dump);
  for (const seen of ["boris", "countersign.look", "/app/assets/"]) assert.ok(kept.includes(seen), `the dump sees ${seen}`);
  const sent = await log.ended();
  for (const seen of ["pin_proof", "sealed_pin", "dpop", "/app/assets/"]) assert.ok(sent.includes(seen), `the log sees ${seen}`);
  for (const secret of [PIN, ...hashesOf(PIN)]) {
    assert.ok(!kept.includes(secret), `kept: ${secret}`);
    assert.ok(!sent.includes(secret), `sent: ${secret}`);
  }
});
