// A DSC+ that is requested and comes by mail, as the help pages say it; its PIN, and a Gold device that it replaces. In both
// languages, with and without JavaScript; the operator's part by the program.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { passcode, respond } from "../src/card.mjs";
import { program, startDemo } from "../src/demo.mjs";
import { inspect } from "../src/inspect.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
const run = promisify(execFile);
const DAY = 86_400;

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => {
    let demo;
    let folder;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "by-mail-"));
      demo = await startDemo("--data", path.join(folder, "data"));
      const store = `[store]\nurl = "sqlite:${folder}/data/countersign.db"\n[keys]\nsealing_key_file = "${folder}/data/sealing.key"\n`;
      await writeFile(path.join(folder, "countersign.toml"), store);
    });
    after(async () => {
      await demo?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    /** What the operator's program says. */
    async function order(...args) {
      const config = path.join(folder, "countersign.toml");
      const { stdout } = await run(program("countersign"), ["order", ...args, "--config", config, "--json"]);
      return JSON.parse(stdout);
    }

    /** Mails what is asked for: the new device as its owner holds it. */
    async function mails(username, serial, pin) {
      const asked = (await order("list")).find((one) => one.user === username);
      const file = path.join(folder, `${serial}.json`);
      await order("ship", asked.id, "--user", username, "--serial", serial, "--card-file", file);
      return { id: asked.id, pin, serial, state_file: file };
    }

    test("requested, mailed, activated, its PIN changed", async () => {
      const page = await openPage(browser(), { lang, js });
      try {
        const alice = new Person(page, demo, "alice", lang);
        await alice.logIn();
        await requests(alice, alice.words.further, "8351");
        await lies(demo, { lang, js });
        const card = await mails("alice", "DP-1001", "8351");
        await opens(alice, alice.words.activate);
        await starts(alice, card, "DP-1002");
        assert.ok((await alice.alert()).startsWith(alice.words.wrongSerial));
        await starts(alice, card, card.serial);
        await page.getByText(alice.words.isActive, { exact: true }).waitFor();
        await changesPin(alice, card, "4926");
      } finally {
        await closePage(page);
      }
    });

    test("Gold is replaced by what is active by itself", async () => {
      const page = await openPage(browser(), { lang, js });
      try {
        const dave = new Person(page, demo, "dave", lang);
        const gold = dave.device("gold");
        await dave.givePassword();
        await dave.reads(gold.label);
        await dave.givePasscode(gold);
        await dave.isSignedIn();
        await requests(dave, gold.label, "8351", async () => {
          await dave.field(dave.words.passcode).fill(await passcode(gold, await demo.advance(30)));
        });
        const card = await mails("dave", "DP-2001", "8351");
        await demo.advance(14 * DAY + 60);
        // The server looks every quarter of a minute for what was mailed long enough ago.
        do {
          await dave.givePassword();
          await page.waitForTimeout(1000);
        } while (!(await dave.field(dave.words.challenge).isVisible()));
        await dave.answer(await respond(card, await dave.challenge()));
        await dave.isSignedIn();
        await page.getByText(dave.words.replaced, { exact: true }).waitFor();
      } finally {
        await closePage(page);
      }
    });
  });
}

async function opens(person, link) {
  await person.page.goto(`${person.demo.url}/settings`);
  await person.page.getByRole("link", { name: link }).first().click();
}

/** An agent who mails devices sees what was ordered and where it goes; one that the depot does not have is refused. */
async function lies(demo, { lang, js }) {
  const page = await openPage(browser(), { lang, js });
  try {
    const emil = new Person(page, demo, "emil", lang);
    await emil.givePassword();
    await emil.answer(await respond(emil.device(), await emil.challenge()));
    await emil.isSignedIn();
    await page.goto(`${demo.url}/console/mailing`);
    const waits = page.getByRole("listitem").filter({ hasText: "alice" });
    assert.ok((await waits.innerText()).includes("12 Long Street, Springfield"));
    if (js) await inspect(page, lang);
    await waits.getByRole("textbox").fill("DP-9999");
    await waits.getByRole("button").first().click();
    await page.getByRole("alert").waitFor();
  } finally {
    await closePage(page);
  }
}

/** From the settings to the confirmed order; the strongest device answers. */
async function requests(person, what, pin, answers) {
  const { page, words } = person;
  await opens(person, words.request);
  await person.reads(words.request);
  await page.locator("#replaces").selectOption({ label: what });
  await person.field(words.mailTo).fill("12 Long Street\nSpringfield");
  await person.field(words.pin).fill(pin);
  await person.field(words.pinAgain).fill(pin);
  await person.press(words.continue);
  await (answers ?? (() => byCard(person)))();
  assert.ok(await page.getByText("12 Long Street, Springfield").first().isVisible(), "what is confirmed is shown");
  await person.press(words.confirm);
  await person.reads(words.confirmed);
}

/** The chooser, and the first DSC+ answers what concerns devices. */
async function byCard(person) {
  const card = person.device();
  await person.choose(card);
  const challenge = await person.field(person.words.challenge).textContent();
  assert.match(challenge, /^[67]/);
  await person.field(person.words.response).fill(await respond(card, challenge));
}

async function starts(person, card, serial) {
  const challenge = await person.field(person.words.challenge).textContent();
  assert.match(challenge, /^[67]/);
  await person.field(person.words.serial).fill(serial);
  await person.field(person.words.code).fill(await respond(card, challenge));
  await person.press(person.words.activate);
}

async function changesPin(person, card, pin) {
  const { page, words, demo } = person;
  await page.goto(`${demo.url}/settings/devices/pin?id=${card.id}`);
  await person.reads(words.changePin);
  const types = async (first, second) => {
    const challenge = await person.field(words.challenge).textContent();
    await person.field(words.newPin).fill(first);
    await person.field(words.newPinAgain).fill(second);
    await person.field(words.newPinResponse).fill(await respond(card, challenge, first));
    await person.press(words.continue);
  };
  await types("1234", "1234");
  assert.ok((await person.alert()).startsWith(words.inARow));
  await types(pin, pin);
  await byCard(person);
  await person.press(words.confirm);
  await person.reads(words.confirmed);
}
