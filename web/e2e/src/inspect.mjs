// What must hold on every page: readable by everyone, light and dark, down to a phone's width.

import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
export const DESKTOP = { width: 1100, height: 900 };
/** A phone of today, and the narrowest width that WCAG 2.2 asks for (1.4.10). */
const NARROW = [
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];

/** Looks at the page as it is; fails on anything that somebody could not read or use. */
export async function inspect(page, lang) {
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
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}

async function violations(axe) {
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Looks at a screen of the phone app as it is, with what lies over it. */
export async function inspectOnPhone(page, lang) {
  assert.equal(await page.locator("html").getAttribute("lang"), lang);
  assert.equal(await page.locator("h1").count(), 1);
  // The app has no frames; without looking for any, axe needs a fraction of the time.
  assert.deepEqual(await violations(new AxeBuilder({ page }).withTags(RULES).setLegacyMode()), []);
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 320, height: usual.height });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize(usual);
  assert.equal(wide, 0, "320 px wide: the screen scrolls sideways");
}
