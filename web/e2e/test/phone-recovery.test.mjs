// A phone that comes back, moves, and takes over from the standalone app, with the real server and each app in its browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openApp } from "../src/app.mjs";
import { BIOMETRIC_FORM, LONGEST, PIN_FORM, awaits, both, codeOn } from "../src/both.mjs";
import { ownBrowser } from "../src/browser.mjs";
import { PIN, codeOf } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

const browser = ownBrowser();
const story = both(browser);
const OLD_PIN = "482913";

/** The standalone app on the phone of `app`, in a tab of its own: activated for a user, in a version. */
async function standalone({ page, demo, lang }, username, version = "3.1") {
  const tab = await page.context().newPage();
  await tab.goto(`${demo.url}/legacy-app/?version=${version}`);
  await tab.getByLabel(/^(Username|Имя пользователя)$/).fill(username);
  await tab.getByLabel(/^(Password|Пароль)$/).fill(demo.users.get(username).password);
  await tab.locator("button[type=submit]").click();
  const code = tab.locator("input[autocomplete=one-time-code]");
  await code.waitFor();
  await code.fill(await codeOf(demo));
  for (const field of await tab.locator("input[type=password]").all()) await field.fill(OLD_PIN);
  await tab.locator("button[type=submit]").click();
  // The version stands below the challenge only once the key is there.
  await tab.getByText(`${lang === "ru" ? "Версия" : "Version"} ${version}`, { exact: true }).waitFor();
  return tab;
}

/** What the suggestion asks for, and the rest of the activation. */
async function migrates(app, presence) {
  await app.reads(app.words.migrate);
  await app.field(app.words.migratePin).fill(OLD_PIN);
  await app.press(app.words.migrateNow);
  await app.choosePresence(presence);
  await app.reads(app.words.active);
}

for (const { presence, ...form } of [PIN_FORM, BIOMETRIC_FORM]) {
  story("back by a code alone on another phone, and ended from the old one", form, async ({ app, demo }) => {
    await app.activate("boris", presence, "Mine");
    await app.finish();
    // The demo's own phone came before it, so that this one is in doubt for a day, too.
    await demo.advance(86_400);
    const other = await openApp(demo, form);
    try {
      await other.activate("boris", presence, "Theirs");
      await app.load();
      await app.page.getByText(app.words.keyEnded, { exact: true }).waitFor();
      await app.says("Theirs");
      await app.press(app.words.veto);
      await app.press(app.words.veto, app.page.getByRole("dialog", { name: app.words.vetoSure }));
      await app.page.getByText(app.words.vetoed, { exact: true }).waitFor();
      await other.load();
      await other.page.getByText(other.words.keyEnded, { exact: true }).waitFor();
      await other.close();
    } finally {
      await other.page.context().close();
    }
  });

  story("moved to a new phone with the old one in hand", form, async ({ app, demo, person }) => {
    const { words } = app;
    await app.activate("boris", presence, "Old phone");
    await app.finish();
    await app.go("/usernames");
    await app.row("boris");
    await app.row(words.move);
    await app.press(words.moveShow);
    await app.prove(presence, words.moveShow);
    await app.page.locator("svg.qr").waitFor();
    assert.match(await codeOn(app.page), /\/app\/#activate=/);
    const picture = await app.page.locator("svg.qr").screenshot();
    const next = await openApp(demo, form);
    try {
      await next.scanPicture(picture);
      await next.says(`${words.forUsername} boris`);
      await next.choosePresence(presence, "New phone");
      await next.reads(words.active);
      await app.reads(words.moved);
      await app.says("New phone");
      await app.finish();
      await next.finish();
      await awaits(person);
      await next.openRequest();
      await next.approve(presence);
      await next.reads(words.approved);
      await person.isSignedIn();
      await next.close();
    } finally {
      await next.page.context().close();
    }
  });
}

story("another device is not at hand: a code instead", { ...PIN_FORM, username: "carol" }, async ({ app, demo }) => {
  await app.beginByPassword("carol");
  await app.reads(app.words.otherDevice);
  await app.press(app.words.byNumber);
  await app.field(app.words.username).fill("carol");
  await app.field(app.words.password).fill(demo.users.get("carol").password);
  await app.press(app.words.continue);
  await app.reads(app.words.typeCode);
  await app.giveCode(await codeOf(demo));
  await app.choosePresence(PIN);
  await app.reads(app.words.active);
});

/** Where each of the four starting points leads. */
const POINTS = [
  { point: "onlyLogins", ends: "authentication", ...PIN_FORM },
  { point: "tradeAndLogins", ends: "trade", ...BIOMETRIC_FORM },
  { point: "hasCard", ends: "debitCard", ...PIN_FORM },
];

for (const { point, ends, presence, ...form } of POINTS) {
  story(`migrated from the standalone app: ${point}`, form, async ({ app }) => {
    const { words } = app;
    const old = await standalone(app, "boris");
    await app.load();
    await app.row(words[point]);
    await migrates(app, presence);
    await app.page.getByRole("button", { name: ends === "authentication" ? words.done : words.continue, exact: true }).click();
    await app.reads(words[ends]);
    await old.reload();
    await old.getByText(words.oldReplaced, { exact: true }).waitFor();
    assert.equal(await old.locator("input").count(), 0, "it only says that it was replaced");
  });
}

story("who only trades needs no key, and the standalone app stays", PIN_FORM, async ({ app }) => {
  const old = await standalone(app, "boris");
  await app.load();
  await app.row(app.words.onlyTrade);
  await app.reads(app.words.trade);
  await old.reload();
  await old.locator("input[inputmode=numeric]").first().waitFor();
});

story("migration put off, and later by itself", PIN_FORM, async ({ app }) => {
  const { words } = app;
  await standalone(app, "boris");
  await app.go("/authentication");
  await app.reads(words.migrate);
  await app.press(words.later);
  await app.reads(words.activate);
  await app.row(words.before);
  await migrates(app, PIN);
});

test("the standalone app is updated first, then it hands over", { timeout: LONGEST }, async () => {
  const demo = await startDemo();
  const app = await openApp(demo, PIN_FORM);
  try {
    const { words, page } = app;
    await (await standalone(app, "boris", "2.4")).close();
    await app.go("/authentication");
    await app.reads(words.migrate);
    assert.equal(await page.getByRole("button", { name: words.migrateNow, exact: true }).count(), 0);
    await page.getByRole("link", { name: words.updateOld, exact: true }).click();
    await app.press(words.oldUpdate);
    await page.getByRole("link", { name: words.oldGoOn, exact: true }).click();
    await migrates(app, PIN);
    await app.close();
  } finally {
    await app.page.context().close();
    await demo.stop();
  }
});
