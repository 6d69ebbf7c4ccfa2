// What must hold on every page: nothing to complain about, readable by everyone, light and dark, down to a phone's width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { program, startDemo } from "../src/demo.mjs";
import { DESKTOP, inspect } from "../src/inspect.mjs";
import { tour, unfamiliarTour } from "../src/tour.mjs";

const browser = ownBrowser();

for (const lang of ["en", "ru"]) {
  test(`every page: ${lang}`, async (t) => {
    let stops = 0;
    for (const [walk, ...flags] of [[tour], [unfamiliarTour, "--unfamiliar"]]) {
      const demo = await startDemo(...flags);
      t.after(() => demo.stop());
      const page = await openPage(browser(), { lang, viewport: DESKTOP });
      await walk(page, demo, lang, async (name) => {
        stops += 1;
        await t.test(name, () => inspect(page, lang));
      });
      await closePage(page);
    }
    assert.ok(stops > 37, `only ${stops} pages were seen`);
  });
}

test("the demo's page names the client program by where it is, and leads to the phone app", async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const page = await openPage(browser(), { lang: "en" });
  await page.goto(`${demo.url}/demo/`);
  const names = await page.locator("pre .program").allTextContents();
  assert.ok(names.length > 1);
  for (const name of names) assert.equal(name, program("countersign-client"));
  const panel = page.locator("section[aria-labelledby=app]");
  await panel.locator("code").getByText(demo.users.get("boris").password, { exact: true }).waitFor();
  const opened = page.waitForEvent("popup");
  await panel.getByRole("link", { name: "Open the mobile app" }).click();
  await (await opened).getByRole("heading", { level: 1 }).waitFor();
  await closePage(page);
});
