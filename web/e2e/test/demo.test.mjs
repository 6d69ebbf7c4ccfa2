// The demo's guided stories, played in the page that shows everything beside each other.

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

/** What stands in the frame of that name. A mouse is the whole page's. */
async function pane(page, name) {
  const frame = page.frame({ name });
  assert.ok(frame, `there is no frame ${name}`);
  await frame.waitForLoadState();
  return { frame, locator: (selector) => frame.locator(selector), mouse: page.mouse };
}

for (const lang of ["en", "ru"]) {
  test(`log in with a card, beside it on one page: ${lang}`, async () => {
    const page = await openPage(browser, { lang });
    await page.goto(`${demo.url}/demo/`);
    await page.locator("a[href='/demo/beside?story=card']").click();
    const [username, password, pin] = await page.locator(".given code").allTextContents();
    const { frame } = await pane(page, "demo-pane-login");
    const player = new Person(frame, demo, username, lang);
    assert.equal(player.user.password, password);
    const card = await player.reach("dsc-plus");
    assert.equal(card.pin, pin, "the page names the PIN of the card beside it");
    await player.answer(await respondByHand(await pane(page, "demo-card"), pin, await player.challenge()));
    await player.reads(player.words.settings);
    await closePage(page);
  });
}

test("activate the phone: app, messages and login are on one page", async () => {
  const page = await openPage(browser, { lang: "en" });
  await page.goto(`${demo.url}/demo/beside?story=phone`);
  const [username, password] = await page.locator(".given code").allTextContents();
  const { frame: app } = await pane(page, "demo-app");
  await app.getByText("Authentication", { exact: true }).first().click();
  await app.getByText("Username and password").click();
  await app.getByLabel("Username").fill(username);
  await app.getByLabel("Password").fill(password);
  await app.getByLabel("Password").press("Enter");
  await page.getByText("Show new messages").click();
  const { frame: outbox } = await pane(page, "demo-outbox");
  await outbox.locator(".mail .body").first().waitFor();
  await closePage(page);
});

test("a story that cannot be played is not there", async () => {
  const page = await openPage(browser, { lang: "en" });
  for (const name of ["", "nothing"]) assert.equal((await page.goto(`${demo.url}/demo/beside?story=${name}`)).status(), 404);
  await closePage(page);
});

test("a value is copied by a press", async () => {
  const page = await openPage(browser, { lang: "en" });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: demo.url });
  await page.goto(`${demo.url}/demo/beside?story=card`);
  const password = page.locator("[data-copy]").nth(1);
  await password.click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.locator(".given code").nth(1).textContent());
  await closePage(page);
});
