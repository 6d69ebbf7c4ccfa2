// How a phone becomes a key, stays one and ends, with the settings pages in another browser and the real server.

import { after, before } from "node:test";
import { awaits, both, forgiveNoNetwork, pictureOf } from "../src/both.mjs";
import { startBrowser } from "../src/browser.mjs";
import { PIN, codeOf } from "../src/core.mjs";

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());
const story = both(() => browser);

const PIN_FORM = { look: "android", lang: "en", presence: PIN };

/** The settings' page for a phone, with a code on it. */
async function invite(person) {
  await person.page.goto(`${person.demo.url}/settings/phone`);
  await person.press(person.words.showCode);
  await person.page.locator("svg.qr").waitFor();
}

/** The settings page says that a phone came, and lists it under its name. */
async function isTaken(person, label) {
  await person.page.getByText(person.words.codeTaken, { exact: true }).waitFor();
  await person.page.goto(`${person.demo.url}/settings`);
  await person.page.locator("main").getByText(label).first().waitFor();
}

story("activated by the code on the settings page", { ...PIN_FORM, username: "carol" }, async ({ app, person }) => {
  await person.logIn();
  await invite(person);
  const picture = await pictureOf(person.page);
  await app.scanPicture(picture);
  await app.choosePresence(PIN, "By picture");
  await app.reads(app.words.active);
  await isTaken(person, "By picture");
  // A code is good once.
  await app.scanPicture(picture);
  await app.page.getByRole("alert").waitFor();
});

story("loaded anew at each step of an activation", PIN_FORM, async ({ app, demo, person }) => {
  const { page, words } = app;
  await app.beginByPassword("boris");
  await app.reads(words.typeCode);
  await page.reload();
  await app.reads(words.typeCode);
  await app.giveCode(await codeOf(demo));
  await app.reads(words.choosePin);
  // The code is kept nowhere, and is typed once more.
  await page.reload();
  await app.giveCode(await codeOf(demo));
  // The keys are agreed, but the first response does not get through.
  await page.route(/\/prove$/, (route) => route.abort());
  await app.choosePresence(PIN, "Interrupted");
  await page.getByRole("alert").waitFor();
  await page.unroute(/\/prove$/);
  await page.reload();
  await app.choosePresence(PIN);
  await app.reads(words.active);
  await app.finish();
  await awaits(person);
  await app.openRequest();
  await app.approve(PIN);
  await app.reads(words.approved);
  await person.isSignedIn();
  forgiveNoNetwork(page);
});
