// Lost phone, changed number: two agents, a temporary code, the online code card. In both languages, with and without
// JavaScript.

import { after, before, describe, test } from "node:test";
import { ownBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { Desk } from "../src/desk.mjs";

const browser = ownBrowser();

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => {
    let demo;
    before(async () => {
      demo = await startDemo();
    });
    after(() => demo?.stop());
    test("from a lost phone to an online code card", async () => {
      const desk = await Desk.open(browser(), demo, { lang, js });
      try {
        await desk.story();
      } finally {
        await desk.close();
      }
    });
  });
}
