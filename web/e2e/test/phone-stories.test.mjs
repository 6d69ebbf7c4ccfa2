// Logins with the phone app: the hosted pages in one browser, the app in another, the real server between them.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { attemptOf, awaits, both } from "../src/both.mjs";
import { startBrowser } from "../src/browser.mjs";
import { PIN } from "../src/core.mjs";
import { WORDS } from "../src/words.mjs";

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());
const story = both(() => browser);

const PIN_FORM = { look: "android", lang: "en", presence: PIN };
const BIOMETRIC_FORM = { look: "ios", lang: "ru", presence: "biometric" };
const FORMS = [PIN_FORM, BIOMETRIC_FORM];
/** The sheet that asks for a PIN; the biometric form shows none. */
const pinSheets = (app) => app.page.getByRole("dialog", { name: app.words.enterPin }).count();

for (const { presence, ...form } of FORMS) {
  story("approved in the app, the page goes on by itself", form, async ({ app, person }) => {
    await app.activate("boris", presence);
    await app.finish();
    await awaits(person);
    await app.openRequest();
    const shown = await app.details();
    assert.ok([...shown.values()].some((value) => /127\.0\.0\.1|::1/.test(value)), [...shown.values()].join(", "));
    assert.equal(await app.field(app.words.number).count(), 0, "this machine is a familiar place");
    await app.approve(presence);
    await app.reads(app.words.approved);
    assert.equal(await pinSheets(app), 0);
    await person.isSignedIn();
    await person.page.reload();
    await person.reads(person.words.settings);
  });

  story("refused in the app; then it was somebody else", form, async ({ app, demo, person }) => {
    await app.activate("boris", presence);
    await app.finish();
    await awaits(person);
    await app.openRequest();
    await app.deny();
    await person.reads(person.words.denied);
    await app.finish();

    await awaits(person);
    await app.openRequest();
    await app.report();
    await person.reads(person.words.denied);
    await person.givePassword();
    assert.match(await person.alert(), new RegExp(person.words.invalid));
    // boris is written to in his own language.
    await person.page.goto(`${demo.url}/demo/outbox`);
    const told = person.page.locator(".mail li").filter({ hasText: WORDS.ru.reported });
    assert.match(await told.first().textContent(), /boris@example\.com|\+1 202 555 0142/);
  });
}

story("the number on the page: right, and wrong", { ...PIN_FORM, flags: ["--unfamiliar"] }, async ({ app, person }) => {
  await app.activate("boris", PIN);
  await app.finish();
  await awaits(person);
  const wrong = (await person.field(person.words.number).textContent()) === "42" ? "24" : "42";
  const attempt = await attemptOf(person);
  await app.openRequest();
  await app.approve(PIN, wrong);
  await app.reads(app.words.over);
  await app.says(app.words.wrongNumber);
  await person.page.getByRole("alert").filter({ hasText: person.words.wrongNumber }).waitFor();
  assert.equal(await attemptOf(person), attempt, "the login itself goes on");
  await person.answer(await app.respond(await person.challenge(), PIN));
  await person.isSignedIn();

  // Another browser: the one that logged in is known from now on.
  await person.page.context().clearCookies();
  await awaits(person);
  const number = await person.field(person.words.number).textContent();
  assert.match(number, /^\d\d$/);
  await app.openRequest();
  await app.press(app.words.approve);
  await app.page.locator("[aria-invalid=true]").waitFor();
  await app.approve(PIN, number);
  await app.reads(app.words.approved);
  await person.isSignedIn();
});

story("the time of a request is over", PIN_FORM, async ({ app, demo, person }) => {
  // The phone's clock is moved as the server's is.
  await app.page.clock.install();
  await app.load();
  await app.activate("boris", PIN);
  await app.finish();
  await awaits(person);
  await app.openRequest();
  const left = Number(await person.page.locator("[data-clock]").getAttribute("data-left"));
  await app.page.clock.fastForward((left + 1) * 1000);
  await app.reads(app.words.over);
  await app.says(app.words.timeOver);
  await demo.advance(left + 1);
  await person.reads(person.words.expired);
});
