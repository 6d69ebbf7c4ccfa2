// The demo's virtual card, used as a person would: by finger, by keyboard, and by its plain form.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person } from "../src/person.mjs";
import { respondByHand } from "../src/tour.mjs";

let browser;
let demo;
before(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A login and the card beside it, in the two tabs of one window. */
async function beside(lang, options, use) {
  const page = await openPage(browser, { lang, ...options });
  const alice = new Person(page, demo, "alice", lang);
  const device = await alice.reach();
  const reader = await page.context().newPage();
  await reader.goto(`${demo.url}/demo/card-reader?device=${device.id}`);
  await alice.answer(await use({ reader, alice, device, challenge: await alice.challenge() }));
  await alice.isSignedIn();
  await closePage(page);
}

for (const lang of ["en", "ru"]) {
  test(`keys pressed by finger: ${lang}`, () =>
    beside(lang, {}, ({ reader, device, challenge }) => respondByHand(reader, device.pin, challenge)));

  test(`the plain form, without JavaScript: ${lang}`, () =>
    beside(lang, { js: false }, async ({ reader, alice, device, challenge }) => {
      await reader.getByLabel({ en: "PIN", ru: "PIN-код" }[lang], { exact: true }).fill(device.pin);
      await reader.getByLabel(alice.words.challenge, { exact: true }).fill(challenge);
      await reader.getByRole("button", { name: alice.words.generate }).click();
      return reader.locator("#value").textContent();
    }));
}

test("held with the mouse, then typed: the focus stays where the mouse put it, and the card takes the keys", () =>
  beside("en", {}, async ({ reader, device, challenge }) => {
    const prompt = reader.locator("[data-lcd-prompt]");
    await reader.locator('[data-key="press"]').hover();
    await reader.mouse.down();
    await prompt.filter({ hasText: "PIN>" }).waitFor();
    await reader.mouse.up();
    await reader.keyboard.type(device.pin);
    await reader.keyboard.press("Enter");
    await prompt.filter({ hasText: "CHALLNG>" }).waitFor();
    // Also where nothing has the focus.
    await reader.evaluate(() => document.activeElement.blur());
    await reader.keyboard.type(challenge);
    await reader.keyboard.press("Enter");
    const shown = reader.locator("[data-lcd]").filter({ hasText: /^\d{8}$/ });
    await shown.waitFor();
    return shown.textContent();
  }));

test("the card by keyboard", () =>
  beside("en", {}, async ({ reader, device, challenge }) => {
    await reader.locator('[data-key="press"]').focus();
    await reader.keyboard.down("Space");
    await reader.locator("[data-lcd-prompt]").filter({ hasText: "PIN>" }).waitFor();
    await reader.keyboard.up("Space");
    // Enter on a key is that key's press; the digits may be typed from anywhere on the card.
    await reader.keyboard.type(device.pin);
    await reader.locator('[data-key="OK"]').focus();
    await reader.keyboard.press("Enter");
    await reader.keyboard.type(challenge);
    await reader.keyboard.press("Enter");
    const shown = reader.locator("[data-lcd]").filter({ hasText: /^\d{8}$/ });
    await shown.waitFor();
    return shown.textContent();
  }));

test("a short press says to hold, and C switches the card off", async () => {
  const page = await openPage(browser);
  const device = new Person(page, demo, "alice", "en").device();
  await page.goto(`${demo.url}/demo/card-reader?device=${device.id}`);
  const say = page.locator("[data-card-say]");
  const off = await say.textContent();
  await page.locator('[data-key="press"]').click();
  assert.notEqual(await say.textContent(), off);
  await respondByHand(page, device.pin, "413027");
  await page.locator('[data-key="C"]').click();
  assert.equal(await page.locator("[data-lcd]").textContent(), "");
  assert.equal(await say.textContent(), off);
  await closePage(page);
});
