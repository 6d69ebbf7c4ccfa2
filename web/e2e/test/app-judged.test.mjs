// What the server judges is judged before a PIN or a finger is asked for: on users of its own, since activations have a daily end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openApp } from "../src/app.mjs";
import { respond } from "../src/card.mjs";
import { codeOf } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

const PIN = "403917";

let demo;
before(async () => {
  demo = await startDemo("--unfamiliar");
});
after(() => demo?.stop());

/** A story on a phone of its own, in one form and language. */
function story(name, form, play) {
  test(`${name} (${Object.values(form).join(", ")})`, async () => {
    const app = await openApp(demo, form);
    try {
      await play(app);
      await app.close();
    } finally {
      await app.page.context().close();
    }
  });
}

/** From now on, the screens that are come by. */
const watched = ({ page }) =>
  page.evaluate(() => {
    globalThis.cameBy = [];
    const note = () => globalThis.cameBy.push(document.querySelector("h1")?.textContent);
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
const cameBy = ({ page }) => page.evaluate(() => [...new Set(globalThis.cameBy)]);

for (const form of [{ look: "android", lang: "ru" }, { look: "ios", lang: "en" }]) {
  story("what the server judges is judged before a PIN or a finger is asked for, and asked once", form, async (app) => {
    const { page, words } = app;
    const refused = page.locator(".wrong, [role=alert]").first();
    const asksForPresence = [words.choosePin, words.biometric];
    await app.beginByPassword("boris");
    await app.reads(words.typeCode);
    await watched(app);
    await app.giveCode("AAAA-2222");
    await refused.waitFor();
    await app.reads(words.typeCode);
    assert.deepEqual((await cameBy(app)).filter((title) => asksForPresence.includes(title)), []);
    await app.giveCode(await codeOf(demo));
    await page.locator("h1").filter({ hasNotText: words.typeCode }).waitFor();
    assert.deepEqual(await app.authenticator.credentials(), [], "no passkey was made for a code that is wrong");
    await watched(app);
    await app.choosePresence("biometric");
    await app.reads(words.active);
    assert.ok(!(await cameBy(app)).includes(words.typeCode), "a code that is right is typed once");

    const [card] = demo.users.get("carol").devices;
    await app.beginByPassword("carol");
    await app.reads(words.otherDevice);
    await watched(app);
    await app.choose(card.label);
    await app.answerChallenge(() => "00000000", words.confirm);
    await refused.waitFor();
    await app.answerChallenge((challenge) => respond(card, challenge), words.confirm);
    await page.locator("h1").filter({ hasNotText: words.otherDevice }).waitFor();
    assert.equal((await app.authenticator.credentials()).length, 1, "of boris alone");
    await watched(app);
    await app.choosePresence(PIN);
    await app.reads(words.active);
    assert.ok(!(await cameBy(app)).includes(words.otherDevice), "another device that answered answers once");
  });
}
