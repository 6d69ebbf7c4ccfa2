// A whole login without a mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person } from "../src/person.mjs";

let browser;
let demo;
before(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Presses Tab until the element with this text or label has the focus. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 30; presses += 1) {
    const isThere = await wanted.evaluate((element) => element === document.activeElement);
    if (isThere) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("the focus does not come by");
}

/** Waits until the field that the page offers first has the focus: before that, what is typed goes nowhere. */
async function hasFocus(field) {
  await field.and(field.page().locator(":focus")).waitFor();
}

for (const js of [true, false]) {
  test(`log in by keyboard, ${js ? "with" : "without"} JavaScript`, async () => {
    const page = await openPage(browser, { js });
    const alice = new Person(page, demo, "alice", "en");
    const { keyboard } = page;
    await page.goto(`${demo.url}/login`);
    // The field that is wanted has the focus already, on each step.
    await hasFocus(alice.field(alice.words.username));
    await keyboard.type("alice");
    await keyboard.press("Tab");
    await keyboard.type(alice.user.password);
    await keyboard.press("Enter");
    await alice.reads(alice.words.choose);
    const card = alice.device();
    await hasFocus(alice.field(alice.words.device));
    await keyboard.type(card.label);
    await tabTo(page, page.getByRole("button", { name: alice.words.continue }));
    await keyboard.press("Enter");
    await alice.reads(card.label);
    await hasFocus(alice.field(alice.words.response));
    await keyboard.type(await alice.response(card));
    await keyboard.press("Enter");
    await alice.isSignedIn();
    await tabTo(page, page.getByRole("button", { name: alice.words.logout }));
    await keyboard.press("Enter");
    await page.getByText(alice.words.loggedOut).waitFor();
    await closePage(page);
  });
}

test("what has the focus is seen, and the first Tab offers to skip to the content", async () => {
  const page = await openPage(browser);
  const { keyboard } = page;
  await page.goto(`${demo.url}/help/`);
  await keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  const inside = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
  assert.ok(inside, "the next Tab goes on in the content");
  await page.goto(`${demo.url}/login`);
  for (let presses = 0; presses < 12; presses += 1) {
    await keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return true;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    });
    assert.ok(seen, `no focus is seen after ${presses + 1} presses`);
  }
  await closePage(page);
});
