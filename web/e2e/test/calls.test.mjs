// A call: the agent has the caller's phone, or card, show who calls; the phone says whether one of ours is on the line.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openApp } from "../src/app.mjs";
import { closePage, ownBrowser, openPage } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { PIN } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { inspect } from "../src/inspect.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();

const WORDS = {
  en: {
    desk: "Secure-login desk", caller: "Who calls?", check: "Check the caller", response: "Check the response", proved: /^It is the customer/,
    failed: "Nothing shows who calls.", nobody: "Nobody of ours is talking to you now", talking: "Dana of our desk is talking to you", back: "To the customer",
  },
  ru: {
    desk: "Отдел безопасного входа", caller: "Кто звонит?", check: "Проверить звонящего", response: "Проверить ответный код", proved: /^Это клиент/,
    failed: "Ничто не показывает, кто звонит.", nobody: "Сейчас с вами никто из наших не говорит", talking: "С вами говорит сотрудник нашего отдела: Dana", back: "К клиенту",
  },
};

/** Where pictures go, for whoever looks. */
const SHOTS = process.env.COUNTERSIGN_SHOTS;

async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

/** An agent at work. */
async function atWork(demo, page, lang) {
  const dana = new Person(page, demo, "dana", lang);
  dana.tag = lang;
  await dana.givePassword();
  await dana.answer(await respond(dana.device(), await dana.challenge()));
  await dana.isSignedIn();
  return dana;
}

async function checks(dana, username, words) {
  const { page, demo } = dana;
  await page.goto(`${demo.url}/console?q=${username}`);
  await page.getByRole("link", { name: username, exact: true }).click();
  await dana.reads(username);
  await dana.press(words.check);
  await dana.reads(words.caller);
}

async function byCard(dana, words, looks) {
  await checks(dana, "carol", words);
  const { page } = dana;
  const challenge = page.locator("#challenge");
  // With several devices the agent asks which is at hand.
  if ((await challenge.count()) === 0) await page.getByRole("button", { name: /Security Card\+/ }).first().click();
  const asked = (await challenge.textContent()).trim();
  assert.match(asked, /^5\d{5}$/, "a challenge of a call begins with 5");
  await shot(page, `console-respond-${dana.tag}`);
  await looks(page);
  const card = dana.demo.users.get("carol").devices.find((device) => device.class === "dsc-plus");
  await dana.field(dana.words.response).fill(await respond(card, asked));
  await dana.press(words.response);
  await page.getByText(words.proved).first().waitFor();
  await looks(page);
  await page.getByRole("link", { name: words.back, exact: true }).click();
  await page.getByText(words.proved).first().waitFor();
}

async function byPhone(dana, app, words, looks) {
  await app.load("/desk");
  await app.says(words.nobody);
  await shot(app.page, `app-nobody-${dana.tag}`);
  await checks(dana, "boris", words);
  const said = await dana.page.locator("dd strong").first().textContent();
  await shot(dana.page, `console-approve-${dana.tag}`);
  await looks(dana.page);
  await app.says(words.talking);
  await app.says(said);
  await shot(app.page, `app-talking-${dana.tag}`);
  await app.load("/");
  await app.openRequest();
  await app.says(said);
  await shot(app.page, `app-request-${dana.tag}`);
  await app.approve(PIN);
  await app.reads(app.words.approved);
  await dana.page.getByText(words.proved).first().waitFor();
  await shot(dana.page, `console-proved-${dana.tag}`);
  await app.finish();
  await app.load("/desk");
  await app.says(words.nobody);
  // Somebody else says to be the customer, who refuses.
  await checks(dana, "boris", words);
  await app.load("/");
  await app.openRequest();
  await app.deny();
  await dana.page.getByText(words.failed, { exact: true }).waitFor();
}

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript on the console`, () => {
    let demo;
    before(async () => {
      demo = await startDemo();
    });
    after(() => demo?.stop());
    test("a card and a phone show who calls", async () => {
      const page = await openPage(browser(), { lang, js });
      const app = await openApp(demo, { lang, biometric: false });
      const looks = (at) => (js ? inspect(at, lang) : undefined);
      try {
        await app.activate("boris", PIN);
        // It came by a code alone: for a day it shows nobody who calls.
        await demo.advance(86_460);
        const dana = await atWork(demo, page, lang);
        await byCard(dana, WORDS[lang], looks);
        await byPhone(dana, app, WORDS[lang], looks);
      } finally {
        await app.close();
        await closePage(page);
      }
    });
  });
}
