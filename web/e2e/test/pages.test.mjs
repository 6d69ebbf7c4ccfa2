// What must hold on every page: nothing to complain about, readable by everyone, light and dark, down to a phone's width.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { tour, unfamiliarTour } from "../src/tour.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
const DESKTOP = { width: 1100, height: 900 };
/** A phone of today, and the narrowest width that WCAG 2.2 asks for (1.4.10). */
const NARROW = [
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

for (const lang of ["en", "ru"]) {
  test(`every page: ${lang}`, async (t) => {
    let stops = 0;
    for (const [walk, ...flags] of [[tour], [unfamiliarTour, "--unfamiliar"]]) {
      const demo = await startDemo(...flags);
      t.after(() => demo.stop());
      const page = await openPage(browser, { lang, viewport: DESKTOP });
      await walk(page, demo, lang, async (name) => {
        stops += 1;
        await t.test(name, () => inspect(page, lang));
      });
      await closePage(page);
    }
    assert.ok(stops > 31, `only ${stops} pages were seen`);
  });
}

async function inspect(page, lang) {
  assert.equal(await page.locator("html").getAttribute("lang"), lang);
  assert.equal(await page.locator("h1").count(), 1);
  assert.deepEqual(await violations(new AxeBuilder({ page }).withTags(RULES)), []);
  await colours(page, "dark");
  // In the dark only the colours are others.
  assert.deepEqual(await violations(new AxeBuilder({ page }).withRules("color-contrast")), []);
  for (const size of NARROW) {
    await page.setViewportSize(size);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, `${size.width} px wide: the page scrolls sideways`);
  }
  await page.setViewportSize(DESKTOP);
  await colours(page, "light");
}

/** Switches the colours, and waits until they are on the screen: half old, half new would be neither. */
async function colours(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function violations(axe) {
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
