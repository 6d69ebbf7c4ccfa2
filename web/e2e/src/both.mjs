// One person's two machines: the hosted pages on a laptop, the app on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQR from "qr/decode.js";
import UPNG from "upng-js";
import { App, openApp } from "./app.mjs";
import { closePage, openPage } from "./browser.mjs";
import { PIN } from "./core.mjs";
import { startDemo } from "./demo.mjs";
import { PATIENCE } from "./patience.mjs";
import { Person } from "./person.mjs";

/** A test that takes longer hangs, in milliseconds. */
export const LONGEST = 5 * PATIENCE;

/** The two forms of the app, each with the language and the proof of presence that its tests take. */
export const PIN_FORM = { look: "android", lang: "en", presence: PIN };
export const BIOMETRIC_FORM = { look: "ios", lang: "ru", presence: "biometric" };

/**
 * Makes tests with a demo, a laptop's page and a fresh phone each: `play({ demo, person, app })`. boris has no device but
 * his phone, so that his login asks it at once.
 */
export function both(browser) {
  return (name, { flags = [], lang = "en", look = "android", username = "boris" }, play) =>
    test(`${name} (${look}, ${lang})`, { timeout: LONGEST }, async () => {
      const demo = await startDemo(...flags);
      const laptop = await openPage(browser(), { lang });
      let app;
      try {
        app = await openApp(demo, { lang, look });
        await play({ demo, app, person: new Person(laptop, demo, username, lang) });
        await app.close();
        await closePage(laptop);
      } finally {
        await app?.page.context().close();
        await laptop.context().close();
        await demo.stop();
      }
    });
}

/** The password on the laptop; its page then waits for the user's phone, the only device. */
export async function awaits(person) {
  await person.givePassword();
  await person.reads(person.words.approve);
}

/** The attempt that the laptop's page is about. */
export const attemptOf = (person) => person.page.locator("input[name=attempt]").first().inputValue();

/** Another tab of the app on the same phone. */
export async function anotherTab({ page, demo, lang, look }) {
  const tab = new App(await page.context().newPage(), demo, { lang, look });
  tab.page.complaints = [];
  return tab;
}

/** The picture of the code on a page. */
export async function pictureOf(page) {
  const code = page.locator("svg.qr");
  await code.scrollIntoViewIfNeeded();
  return code.screenshot();
}

/** What the code on a page says, read by a library of other people. */
export async function codeOn(page) {
  const { width, height, ...rest } = UPNG.decode(await pictureOf(page));
  const data = new Uint8Array(UPNG.toRGBA8({ width, height, ...rest })[0]);
  const text = decodeQR({ width, height, data });
  assert.equal(typeof text, "string", "the code can be read");
  return text;
}

/** Drops what a page said about a network that the test itself took away. */
export function forgiveNoNetwork(...pages) {
  for (const page of pages) {
    page.complaints = page.complaints.filter((text) => !/ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_REFUSED)/.test(text));
  }
}
