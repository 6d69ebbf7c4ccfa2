// mod_auth_openidc under Apache (Debian): a page behind a login, in Chromium as a customer has it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, startBrowser } from "../../e2e/src/browser.mjs";
import { WORDS } from "../../e2e/src/words.mjs";
import { eventually, person, scene } from "../src/here.mjs";

const alice = person(import.meta.filename);
const words = WORDS.en;
const PROTECTED = `${scene.site}/protected/index.html`;

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** Runs `use` with a browser window of its own. */
async function inWindow(use) {
  // The certificate is made for the test, and Chromium looks at the system's authorities only.
  const page = await openPage(browser, { ignoreHTTPSErrors: true });
  await use(page);
  await closePage(page);
}

/** Logs in with the card on the hosted pages, where a redirect led. */
async function logIn(page) {
  const field = (label) => page.getByLabel(label, { exact: true });
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  await field(words.username).fill(alice.username);
  await field(words.password).fill(alice.password);
  await press(words.login);
  await field(words.device).selectOption({ label: alice.cardLabel });
  await press(words.continue);
  const challenge = await field(words.challenge).textContent();
  await field(words.response).fill(await alice.respond(challenge.replace(/\D/g, "")));
  await press(words.login);
}

/** What the protected page says of the user. */
async function shown(page) {
  await page.getByRole("heading", { name: "Protected" }).waitFor();
  const of = (name) => page.locator(`#${name}`).textContent();
  return { user: await of("REMOTE_USER"), sub: await of("OIDC_CLAIM_sub"), acr: await of("OIDC_CLAIM_acr") };
}

/** Whether the protected page is asked for without a session at Apache: it sends the browser away. */
async function isSentAway(page) {
  const answer = await page.request.get(PROTECTED, { maxRedirects: 0 });
  return answer.status() === 302 && answer.headers().location.startsWith(`${scene.issuer}/oauth2/authorize?`);
}

test("the page behind the login shows who the user is", () =>
  inWindow(async (page) => {
    assert(await isSentAway(page));
    await page.goto(PROTECTED);
    assert(page.url().startsWith(`${scene.issuer}/login?request=`), page.url());
    await logIn(page);
    const { user, sub, acr } = await shown(page);
    assert.equal(user, alice.username);
    assert.match(sub, /^[0-9a-f-]{36}$/);
    assert(acr);
    assert.equal(page.url(), PROTECTED);
  }));

test("who is signed in at Countersign is not asked again", () =>
  inWindow(async (page) => {
    await page.goto(`${scene.issuer}/login`);
    await logIn(page);
    await page.getByRole("heading", { level: 1, name: words.settings }).waitFor();
    await page.goto(PROTECTED);
    assert.equal((await shown(page)).user, alice.username);
  }));

test("a logout at Apache ends the session at Countersign too", () =>
  inWindow(async (page) => {
    await page.goto(PROTECTED);
    await logIn(page);
    await shown(page);
    const goodbye = `${scene.site}/goodbye.html`;
    await page.goto(`${scene.site}/protected/answer?logout=${encodeURIComponent(goodbye)}`);
    await page.getByRole("heading", { name: "Goodbye" }).waitFor();
    assert.equal(page.url(), goodbye);
    assert(await isSentAway(page), "Apache has forgotten");
    await page.goto(PROTECTED);
    await page.getByLabel(words.password, { exact: true }).waitFor();
  }));

test("a logout at Countersign ends the session at Apache, by the back channel", () =>
  inWindow(async (page) => {
    await page.goto(PROTECTED);
    await logIn(page);
    await shown(page);
    await page.reload();
    await shown(page);
    await page.goto(`${scene.issuer}/settings`);
    await page.getByRole("button", { name: words.logout, exact: true }).click();
    await page.getByText(words.loggedOut).waitFor();
    // Apache hears of it a moment later, from the server and not from this browser.
    await eventually(() => isSentAway(page), "Apache still shows the page");
  }));
