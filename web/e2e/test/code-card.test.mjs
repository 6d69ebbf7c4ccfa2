// The page of a code card: a labelled field for each place, and nothing that could be taken for a challenge.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { lookUp } from "../src/card.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** carol at the page of her card, with the values that it asks for. */
async function atTheCard(page, lang) {
  const carol = new Person(page, demo, "carol", lang);
  const card = await carol.reach("security-code-card");
  const places = (await page.locator(".places li").allTextContents()).map(Number);
  const both = await lookUp(card, places);
  const fields = places.map((place) => page.getByLabel(new RegExp(`(^|\\D)${place}(\\D|$)`)));
  return { carol, both, values: [both.slice(0, 3), both.slice(3)], fields };
}

const WAYS = [
  ["each value in its field", async ({ fields, values }) => {
    await fields[0].fill(values[0]);
    await fields[1].fill(values[1]);
  }],
  ["both values in the first field", async ({ fields, both }) => fields[0].fill(both)],
  ["both values typed without looking up", async ({ fields, both }, page) => {
    await fields[0].focus();
    await page.keyboard.type(both.toLowerCase());
  }],
];

for (const [lang, javaScriptEnabled] of [["en", true], ["ru", false]]) {
  for (const [name, type] of WAYS) {
    test(`${name} (${lang}, ${javaScriptEnabled ? "with" : "without"} JavaScript)`, async () => {
      const page = await openPage(browser(), { lang, js: javaScriptEnabled });
      const seen = await atTheCard(page, lang);
      const [place, challenge] = await page.evaluate(() => [".places .digits", ".digits:not(.places *)"].map((at) => document.querySelector(at) && getComputedStyle(document.querySelector(at)).fontFamily));
      assert.notEqual(place, challenge, "a place does not look like a challenge");
      await type(seen, page);
      await seen.carol.press(seen.carol.words.login);
      await seen.carol.isSignedIn();
      await closePage(page);
    });
  }
}
