// What sites of others do around a login: lead on from their callback, and open the login in a window of their own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { startClientSite } from "../src/client-site.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
let scene;
before(async () => {
  scene = await startClientSite();
});
after(() => scene?.stop());

/** The login on the page that a client sent somebody to, with the card. */
async function logIn(page) {
  const person = new Person(page, scene, scene.username, "en");
  await person.field(person.words.username).fill(person.user.username);
  await person.field(person.words.password).fill(person.user.password);
  await person.press(person.words.login);
  const device = person.device();
  await person.choose(device);
  await person.answer(await person.response(device));
}

test("a callback that leads on to another origin: the browser arrives", async () => {
  const page = await openPage(browser());
  try {
    await page.goto(`${scene.site}/`);
    await logIn(page);
    await page.getByRole("heading", { name: "Landed" }).waitFor();
    assert.equal(page.url(), scene.landing);
  } finally {
    await closePage(page);
  }
});

test("a login in a window that a client opened: the window tells its opener how it went", async () => {
  const page = await openPage(browser());
  try {
    await page.goto(`${scene.site}/popup`);
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Log in" }).click();
    const popup = await opened;
    await logIn(popup);
    const told = page.getByRole("heading", { name: "Told ?" });
    await told.waitFor();
    const given = new URLSearchParams((await told.textContent()).slice("Told ".length));
    assert.ok(given.get("code") && given.get("state") === "s", String(given));
    // What nobody is sent to by a client keeps the header that cuts such a window off.
    const settings = await fetch(`${scene.url}/settings`, { redirect: "manual" });
    assert.equal(settings.headers.get("cross-origin-opener-policy"), "same-origin");
  } finally {
    await closePage(page);
  }
});
