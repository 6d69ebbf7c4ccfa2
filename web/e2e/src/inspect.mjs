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
  assert.deepEqual(await violations(page, (axe) => axe.withTags(RULES)), []);
  await colours(page, "dark");
  // In the dark only the colours are others.
  assert.deepEqual(await violations(page, (axe) => axe.withRules("color-contrast")), []);
  for (const size of NARROW) {
    await page.setViewportSize(size);
    for (const dir of ["ltr", "rtl"]) assert.equal(await sideways(page, dir), 0, `${size.width} px wide, ${dir}: the page scrolls sideways`);
  }
  await page.setViewportSize(DESKTOP);
  await colours(page, "light");
}

/** By how much a page is wider than its window, written in a direction; its own is left to right. */
function sideways(page, dir) {
  return page.evaluate((wanted) => {
    const root = document.documentElement;
    root.dir = wanted;
    const wide = root.scrollWidth - root.clientWidth;
    root.removeAttribute("dir");
    return wide;
  }, dir);
}

/** Switches the colours, and waits until they are on the screen: half old, half new would be neither. */
async function colours(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}

/** What axe finds by the rules that `narrowed` leaves. No page here has frames, and what is well is not told: without
 *  either axe needs half the time. */
async function violations(page, narrowed) {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const found = await narrowed(axe).analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Looks at a screen of the phone app as it is, in `colorScheme`, with what lies over it. */
export async function inspectOnPhone(page, lang, colorScheme) {
  assert.equal(await page.locator("html").getAttribute("lang"), lang);
  assert.equal(await page.locator("h1").count(), 1);
  assert.deepEqual(await violations(page, (axe) => axe.withTags(RULES)), []);
  await colours(page, colorScheme === "dark" ? "light" : "dark");
  assert.deepEqual(await violations(page, (axe) => axe.withRules("color-contrast")), []);
  await colours(page, colorScheme);
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 320, height: usual.height });
  const [wide, mirrored] = [await sideways(page, "ltr"), await sideways(page, "rtl")];
  await page.setViewportSize(usual);
  assert.equal(wide, 0, "320 px wide: the screen scrolls sideways");
  assert.equal(mirrored, 0, "320 px wide, from right to left: the screen scrolls sideways");
}

/** Looks at a screen of the phone app with letters of twice their size (WCAG 2.2, 1.4.4): nothing is lost. */
export async function inspectLarge(page) {
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 390, height: usual.height });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const lost = await page.evaluate(lostText);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize(usual);
  assert.deepEqual(lost, [], "letters of twice their size");
}

/** In the browser: what is cut off, leaves its button, lies over other words, or makes the screen scroll sideways. */
function lostText() {
  const root = document.documentElement;
  const lost = [];
  if (root.scrollWidth > root.clientWidth) lost.push(`the screen scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  const within = document.querySelector("dialog[open]") ?? document.body;
  const texts = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const around = node.parentElement;
    if (!node.data.trim() || !around.checkVisibility() || around.closest(".hidden, option, script, details:not([open]) > :not(summary)")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    texts.push({ around, words: node.data.trim().slice(0, 40), boxes: [...range.getClientRects()] });
  }
  const outside = (box, frame) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  for (const { around, words, boxes } of texts) {
    const frame = around.closest("button, .button, .row, .tabs a, .face")?.getBoundingClientRect();
    if (frame && boxes.some((box) => outside(box, frame))) lost.push(`leaves its box: ${words}`);
    for (let up = around; up !== within; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up);
      if (overflowX !== "visible" && up.scrollWidth > up.clientWidth + 1) lost.push(`is cut off: ${words}`);
    }
  }
  // What scrolls passes below a bar that stays; only what scrolls along with it can be covered for good.
  const scrolling = texts.filter(({ around }) => !around.closest(".tabs, .bar"));
  for (const [index, one] of scrolling.entries()) {
    for (const other of scrolling.slice(index + 1)) {
      const over = one.boxes.some((a) => other.boxes.some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4));
      if (over) lost.push(`overlap: ${one.words} / ${other.words}`);
    }
  }
  return lost;
}
