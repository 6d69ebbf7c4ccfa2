// Logins with the phone app: the hosted pages in one browser, the app in another, the real server between them.

import assert from "node:assert/strict";
import { BIOMETRIC_FORM, PIN_FORM, anotherTab, attemptOf, awaits, both, codeOn, forgiveNoNetwork, pictureOf } from "../src/both.mjs";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { PIN } from "../src/core.mjs";
import { Person } from "../src/person.mjs";
import { WORDS } from "../src/words.mjs";

const browser = ownBrowser();
const story = both(browser);

const FORMS = [PIN_FORM, BIOMETRIC_FORM];
/** Nothing is opened to answer a request: the PIN is typed where it stands, and the biometric form asks for none. */
const sheets = (app) => app.page.getByRole("dialog").count();

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
    assert.equal(await sheets(app), 0);
    await person.isSignedIn();
    await person.page.reload();
    await person.reads(person.words.settings);
  });

  story("the number on the page: right, and wrong", { ...form, flags: ["--unfamiliar"] }, async ({ app, person }) => {
    await app.activate("boris", presence);
    await app.finish();
    await awaits(person);
    const wrong = (await person.field(person.words.number).textContent()) === "42" ? "24" : "42";
    const attempt = await attemptOf(person);
    await app.openRequest();
    await app.approve(presence, wrong);
    await app.reads(app.words.over);
    await app.says(app.words.wrongNumber);
    await person.page.getByRole("alert").filter({ hasText: person.words.wrongNumber }).waitFor();
    assert.equal(await attemptOf(person), attempt, "the login itself goes on");
    await person.answer(await app.respond(await person.challenge(), presence));
    await person.isSignedIn();

    // Another browser: the one that logged in is known from now on.
    await person.page.context().clearCookies({ name: /^(?!language$)/ });
    await awaits(person);
    const number = await person.field(person.words.number).textContent();
    assert.match(number, /^\d\d$/);
    await app.openRequest();
    await app.press(app.words.approve);
    await app.page.locator("[aria-invalid=true]").waitFor();
    await app.approve(presence, number);
    await app.reads(app.words.approved);
    await person.isSignedIn();
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
    assert.match(await told.first().textContent(), /boris@example\.com|\+12025550142/);
  });

  story("scanned from the page", form, async ({ app, person }) => {
    await app.activate("boris", presence);
    await app.finish();
    await awaits(person);
    await person.press(person.words.scan);
    await person.page.locator("svg.qr").waitFor();
    if (presence === PIN) {
      await app.scanPicture(await pictureOf(person.page));
    } else {
      // The phone's own camera app reads it, and opens the app's address.
      const link = new URL(await codeOn(person.page));
      assert.equal(link.origin + link.pathname, `${app.demo.url}/app/`);
      await app.load(link.hash.slice(1));
    }
    await app.page.getByText(app.words.scannedGuard).waitFor();
    await app.approve(presence);
    await app.reads(app.words.approved);
    await person.isSignedIn();
  });

  story("with no network on the phone: challenge and response", form, async ({ app, person }) => {
    const { page, words } = app;
    await app.activate("boris", presence);
    // From then on it answers a reload, whether or not it took charge of this page, which was opened before it.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.context().setOffline(true);
    await page.reload();
    await page.getByText(words.offline).waitFor();
    await awaits(person);
    await person.press(person.words.noNotification);
    const response = await app.respond(await person.challenge(), presence);
    await app.typeChallenge("812345");
    await app.says(words.isMoney);
    assert.equal(await page.getByRole("button", { name: words.generate, exact: true }).count(), 0);
    assert.equal(await page.locator(".response-digits").count(), 0);
    await person.answer(response);
    await person.isSignedIn();
    await page.context().setOffline(false);
    forgiveNoNetwork(page);
  });
}

story("the time of a request is over", { look: "ios", lang: "ru" }, async ({ app, demo, person }) => {
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

story("answered elsewhere, or going on elsewhere", PIN_FORM, async ({ app, person }) => {
  const { words } = app;
  await app.activate("boris", PIN);
  await app.finish();
  const other = await anotherTab(app);

  // Both look at it; one answers, and the other is told.
  await awaits(person);
  await other.load();
  await other.openRequest();
  await app.openRequest();
  await app.deny();
  await other.reads(words.over);
  await other.says(words.elsewhere);
  await app.finish();

  // The other is not told, and answers too late.
  await awaits(person);
  await app.openRequest();
  const [, , device, confirmation] = new URL(app.page.url()).hash.split("/");
  const link = `request=${device}.${confirmation}`;
  await other.page.route(/\/api\/phone\/v1\/(events|confirmations)$/, (route) => route.abort());
  await other.load(link);
  await other.page.getByRole("button", { name: words.approve, exact: true }).waitFor();
  await app.approve(PIN);
  await app.reads(words.approved);
  await person.isSignedIn();
  await other.approve(PIN);
  await other.reads(words.over);
  await other.says(words.answered);
  await other.load(link);
  await other.reads(words.gone);
  await other.page.close();
  await app.finish();

  // The login goes on with a challenge.
  await awaits(person);
  await app.openRequest();
  await person.press(person.words.noNotification);
  await app.reads(words.over);
  await app.says(words.elsewhere);
  await person.answer(await app.respond(await person.challenge(), PIN));
  await person.isSignedIn();
});

story("two laptops at once", BIOMETRIC_FORM, async ({ app, demo, person: first }) => {
  await app.activate("boris", "biometric");
  await app.finish();
  const page = await openPage(browser(), { lang: "ru" });
  try {
    const second = new Person(page, demo, "boris", "ru");
    await awaits(first);
    await app.openRequest();
    await awaits(second);
    // What came meanwhile does not take the place of what is being looked at.
    await app.approve("biometric");
    await app.reads(app.words.approved);
    await first.isSignedIn();
    assert.equal(new URL(second.page.url()).pathname, "/login", "the second still waits");
    await app.finish();
    await app.openRequest();
    await app.approve("biometric");
    await second.isSignedIn();
    await closePage(page);
  } finally {
    await page.context().close();
  }
});

story("the app is loaded anew while a request is open", PIN_FORM, async ({ app, person }) => {
  await app.activate("boris", PIN);
  await app.finish();
  await awaits(person);
  await app.openRequest();
  const shown = await app.details();
  await app.page.reload();
  await app.page.getByRole("button", { name: app.words.deny, exact: true }).waitFor();
  assert.deepEqual(await app.details(), shown);
  // While the PIN is typed, too: what was typed of it is gone.
  await app.field(app.words.pin).fill(PIN.slice(0, 3));
  await app.page.reload();
  await app.page.getByRole("button", { name: app.words.deny, exact: true }).waitFor();
  assert.equal(await app.field(app.words.pin).inputValue(), "");
  await app.approve(PIN);
  await app.reads(app.words.approved);
  await person.isSignedIn();
});
