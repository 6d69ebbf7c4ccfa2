// What must hold on every screen of the phone app: nothing to complain about, readable by everyone, down to 320 px.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openApp } from "../src/app.mjs";
import { appTour } from "../src/app-tour.mjs";
import { openPage, ownBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { inspectOnPhone } from "../src/inspect.mjs";

const browser = ownBrowser();

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
      await t.test(name, () => inspectOnPhone(app.page, lang));
    });
    assert.ok(seen.size > 65, `only ${seen.size} screens were seen`);
    await app.close();
    await laptop.context().close();
  });
}
