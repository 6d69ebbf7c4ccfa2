// A mail address that is changed by somebody in the user's place, and undone by its owner: as the help page says it, in both
// languages, with and without JavaScript.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { startDemo } from "../src/demo.mjs";
import { eventually } from "../src/core.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
const NEW = "carol@new.example";
const HOUR = 3600;

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => {
    let demo;
    before(async () => {
      demo = await startDemo();
    });
    after(() => demo?.stop());
    test("changed, undone, and changed again for good", async () => {
      const [page, owners] = [await openPage(browser(), { lang, js }), await openPage(browser(), { lang, js })];
      try {
        const carol = new Person(page, demo, "carol", lang);
        await carol.logIn();
        await changes(carol);
        await undoes(owners, demo, carol.words);
        await stands(carol, owners);
      } finally {
        await closePage(page);
        await closePage(owners);
      }
    });
  });
}

async function outbox(demo) {
  return (await fetch(`${demo.url}/demo/outbox`)).text();
}

/** The newest code and link in the demo's outbox. */
async function codeOf(demo) {
  return eventually(async () => /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(await outbox(demo))?.[0], "a code");
}

async function linkOf(demo) {
  return eventually(async () => /https?:\/\/[^\s<"]*\/contact\/undo\/[\w-]+/.exec(await outbox(demo))?.[0], "a link");
}

async function changes(person) {
  const { page, words, demo } = person;
  await page.goto(`${demo.url}/settings`);
  await page.getByRole("link", { name: words.contactsOpen, exact: true }).click();
  await person.reads(words.contacts);
  await page.getByRole("link", { name: `${words.replace} c•••@example.com` }).click();
  await person.field(words.contact).fill("not an address");
  await person.press(words.sendCode);
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: `${words.replace} c•••@example.com` }).click();
  await person.field(words.contact).fill(NEW);
  await person.press(words.sendCode);
  await person.reads(words.typeCode);
  await person.field(words.contactCode).fill((await codeOf(demo)).toLowerCase());
  await person.press(words.goOn);
  const card = person.device();
  await person.choose(card);
  await page.getByText(NEW).first().waitFor();
  const challenge = await person.field(words.challenge).textContent();
  assert.match(challenge, /^[67]/);
  await person.field(words.response).fill(await respond(card, challenge));
  await person.press(words.confirm);
  await page.getByText(words.contactHolds).waitFor();
  await page.goto(`${demo.url}/settings/contacts`);
  await page.getByText("c•••@new.example").first().waitFor();
}

/** In a browser that is not logged in; to look changes nothing, and it is good once. */
async function undoes(page, demo, words) {
  const link = await linkOf(demo);
  for (let times = 0; times < 2; times += 1) {
    await page.goto(link);
    await page.getByRole("heading", { level: 1, name: words.undoTitle, exact: true }).waitFor();
  }
  await page.getByRole("button", { name: words.undo, exact: true }).click();
  await page.getByRole("heading", { level: 1, name: words.undone, exact: true }).waitFor();
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: words.linkOver, exact: true }).waitFor();
}

/** What nobody undoes for 72 hours stands. */
async function stands(person, owners) {
  await person.page.goto(`${person.demo.url}/settings/contacts`);
  assert.equal(await person.page.getByText("c•••@new.example").count(), 0, "as before");
  await changes(person);
  const link = await linkOf(person.demo);
  await person.demo.advance(72 * HOUR);
  await owners.goto(link);
  await owners.getByRole("heading", { level: 1, name: person.words.linkOver, exact: true }).waitFor();
}
