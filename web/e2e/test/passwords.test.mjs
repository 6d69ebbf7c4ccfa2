// A password that is forgotten, and one that is changed, as the help page says it: in both languages, with and without
// JavaScript.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { linkOf } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => {
    let demo;
    before(async () => {
      demo = await startDemo();
    });
    after(() => demo?.stop());
    test("forgotten, then changed", async () => {
      const page = await openPage(browser(), { lang, js });
      try {
        const carol = new Person(page, demo, "carol", lang);
        await forgotten(carol);
        await changed(carol);
      } finally {
        await closePage(page);
      }
    });
  });
}

async function types(person, password) {
  await person.field(person.words.new).fill(password);
  await person.field(person.words.again).fill(password);
  await person.press(person.words.goOn);
}

/** The chooser, and the DSC+ answers a challenge for what concerns devices and passwords. */
async function confirms(person) {
  const card = person.device();
  await person.choose(card);
  const challenge = await person.field(person.words.challenge).textContent();
  assert.match(challenge, /^[67]/);
  await person.field(person.words.response).fill(await respond(card, challenge));
  await person.press(person.words.confirm);
  await person.reads(person.words.changed);
}

async function forgotten(person) {
  const { page, words, demo } = person;
  await page.goto(`${demo.url}/login`);
  await page.getByRole("link", { name: words.forgot, exact: true }).click();
  await person.field(words.username).fill(person.user.username);
  await person.press(words.sendLink);
  await person.reads(words.lookIntoMail);
  const link = await linkOf(demo);
  await page.goto(link);
  await person.reads(words.newTitle);
  await types(person, "password123");
  assert.equal(await person.alert(), words.common);
  await types(person, "a green kettle sings");
  await confirms(person);
  await page.getByRole("link", { name: words.toLogin, exact: true }).click();
  await person.givePassword();
  assert.ok((await person.alert()).startsWith(words.invalid), "the old one is gone");
  person.user = { ...person.user, password: "a green kettle sings" };
  await person.logIn();
  await page.goto(link);
  await person.reads(words.linkOver);
}

async function changed(person) {
  const { page, words, demo } = person;
  await page.goto(`${demo.url}/settings`);
  await page.getByRole("link", { name: words.changeOpen, exact: true }).click();
  await person.reads(words.changeTitle);
  await person.field(words.now).fill(person.user.password);
  await types(person, "seven more green kettles");
  await confirms(person);
  await page.goto(`${demo.url}/settings`);
  await person.isSignedIn();
}
