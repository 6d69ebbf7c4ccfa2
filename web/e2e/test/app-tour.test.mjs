// What must hold on every screen of the phone app: nothing to complain about, readable by everyone, down to 320 px.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openApp } from "../src/app.mjs";
import { appTour } from "../src/app-tour.mjs";
import { openPage, ownBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { inspectLarge, inspectOnPhone } from "../src/inspect.mjs";

const browser = ownBrowser();

/** Screens that are also looked at with large letters. */
const LARGE = new Set([
  "welcome", "home", "home-waiting", "menu", "activate", "activate-code", "activate-pin", "activate-biometric", "activate-followed",
  "activate-replace", "request-login", "request-pin", "request-withdrawal", "respond", "respond-response", "card", "more", "app-settings",
  "username", "scan", "self-check",
]);

// Each form and language, each colour scheme once.
for (const [look, lang, colorScheme] of [["android", "en", "light"], ["ios", "ru", "dark"]]) {
  test(`every screen: ${look}, ${lang}, ${colorScheme}`, async (t) => {
    const demo = await startDemo("--unfamiliar");
    t.after(() => demo.stop());
    const laptop = await openPage(browser(), { lang });
    const app = await openApp(demo, { look, lang, colorScheme });
    t.after(() => app.page.context().close());
    const seen = new Set();
    await appTour(app, laptop, async (name) => {
      seen.add(name);
      await t.test(name, () => inspectOnPhone(app.page, lang, colorScheme));
      if (LARGE.has(name)) await t.test(`${name}, large letters`, () => inspectLarge(app.page));
    });
    assert.ok([...LARGE].filter((name) => seen.has(name)).length >= LARGE.size - 2, "a screen of another form or two is not here");
    assert.ok(seen.size > 67, `only ${seen.size} screens were seen`);
    await app.close();
    await laptop.context().close();
  });
}
