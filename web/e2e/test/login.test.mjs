// The hosted login in a real browser, in both languages, with and without JavaScript: each story meets each of them once.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person, wrong } from "../src/person.mjs";

const browser = ownBrowser();

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => login(lang, js));
}

function login(lang, js) {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** A test with a browser window of its own; it fails on anything the pages complain about. */
  const scene = (name, username, play) =>
    test(name, async () => {
      const page = await openPage(browser(), { lang, js });
      try {
        await play(new Person(page, demo, username, lang));
      } finally {
        await closePage(page);
      }
    });

  scene("password, chooser, DSC+, signed in", "alice", async (alice) => {
    await alice.givePassword();
    await alice.reads(alice.words.choose);
    assert.equal(await alice.page.locator("html").getAttribute("lang"), lang);
    const labels = await alice.page.locator("#device option").allTextContents();
    assert.deepEqual(labels.map((label) => label.split(" · ")[0].trim()), alice.user.devices.map((device) => device.label));
    // The label is what is printed on the device; beside it stands what people call that in their language.
    const named = labels.filter((label) => label.includes(" · "));
    assert.equal(named.length > 0, lang === "ru", labels.join());
    await alice.choose(alice.device());
    await alice.answer(await alice.response(alice.device()));
    await alice.isSignedIn();
  });

  scene("a response with a space in the middle, as people write it down", "alice", async (alice) => {
    const device = await alice.reach();
    const response = await alice.response(device);
    await alice.answer(`${response.slice(0, 4)} ${response.slice(4)}`);
    await alice.isSignedIn();
  });

  scene("one device: no chooser, a passcode", "dave", async (dave) => {
    const [gold] = dave.user.devices;
    await dave.givePassword();
    await dave.reads(gold.label);
    await dave.givePasscode(gold);
    await dave.isSignedIn();
  });

  scene("a code card: two places, two values", "carol", async (carol) => {
    const card = await carol.reach("security-code-card");
    await carol.giveCardValues(card);
    await carol.isSignedIn();
  });

  scene("a wrong password", "alice", async (alice) => {
    await alice.givePassword("not hers");
    assert.match(await alice.alert(), new RegExp(alice.words.invalid));
    assert.equal(await alice.field(alice.words.username).inputValue(), "alice");
    assert.equal(await alice.field(alice.words.password).inputValue(), "");
  });

  scene("wrong responses count down, and the third ends the login", "carol", async (carol) => {
    const device = await carol.reach();
    for (const left of [carol.words.twoLeft, carol.words.oneLeft]) {
      await carol.answer(wrong(await carol.response(device)));
      await carol.page.getByRole("alert").filter({ hasText: left }).waitFor();
      assert.match(await carol.alert(), new RegExp(carol.words.wrong));
    }
    await carol.answer(wrong(await carol.response(device)));
    await carol.reads(carol.words.tooMany);
    await carol.page.getByRole("link", { name: carol.words.startAgain }).click();
    await carol.field(carol.words.password).waitFor();
  });

  scene("the page says by itself that the time is over", "alice", async (alice) => {
    await alice.reach();
    await leave(alice, 3);
    await alice.page.reload();
    await alice.reads(alice.words.expired);
  });

  scene("a response that comes too late", "alice", async (alice) => {
    const device = await alice.reach();
    const response = await alice.response(device);
    await leave(alice, 0);
    await alice.answer(response);
    await alice.reads(alice.words.expired);
  });

  scene("another device in the same attempt", "carol", async (carol) => {
    await carol.givePassword();
    await carol.reads(carol.words.choose);
    const attempt = carol.page.url();
    await carol.choose(carol.device());
    await carol.press(carol.words.otherDevice);
    const second = carol.device("security-code-card");
    await carol.choose(second);
    await carol.page.goto(attempt);
    await carol.reads(second.label);
    await carol.giveCardValues(second);
    await carol.isSignedIn();
  });

  scene("the language is switched in the middle and the attempt stays", "alice", async (alice) => {
    const device = await alice.reach();
    const challenge = await alice.challenge();
    const other = { en: "ru", ru: "en" }[lang];
    await alice.press({ en: "English", ru: "Русский" }[other]);
    await alice.page.locator(`html[lang=${other}]`).waitFor();
    const reader = new Person(alice.page, demo, "alice", other);
    assert.equal(await reader.challenge(), challenge);
    await reader.answer(await reader.response(device));
    await reader.isSignedIn();
  });

  scene("log out", "alice", async (alice) => {
    await alice.logIn();
    await alice.press(alice.words.logout);
    await alice.page.getByText(alice.words.loggedOut).waitFor();
    await alice.page.goto(`${demo.url}/settings`);
    assert.equal(new URL(alice.page.url()).pathname, "/login");
  });

  scene("a session that is ended from another browser", "alice", async (alice) => {
    await alice.logIn();
    const page = await openPage(browser(), { lang, js });
    const elsewhere = new Person(page, demo, "alice", lang);
    await elsewhere.logIn();
    const others = page.locator("ul[aria-labelledby=sessions] li").filter({ hasNotText: alice.words.thisSession });
    while ((await others.count()) > 0) {
      const before = await others.count();
      await others.first().getByRole("button").click();
      await page.waitForFunction((n) => document.querySelectorAll("ul[aria-labelledby=sessions] li").length === n, before);
    }
    await closePage(page);
    await alice.page.reload();
    await alice.page.getByText(alice.words.sessionEnded).waitFor();
  });

  scene("the time left is on the page", "alice", async (alice) => {
    await alice.reach();
    const clock = alice.page.locator("[data-clock]");
    await clock.getByText(js ? alice.words.timeLeft : alice.words.timeLeftThen, { exact: true }).waitFor();
    const shown = () => clock.locator("[data-clock-time]").textContent();
    const first = await shown();
    assert.match(first, /^\d:\d\d$/);
    if (!js) return;
    const time = await clock.locator("[data-clock-time]").elementHandle();
    await alice.page.waitForFunction(([element, before]) => element.textContent !== before, [time, first]);
  });

  scene("more time, once, for whoever is still typing", "alice", async (alice) => {
    const device = await alice.reach();
    const response = await alice.response(device);
    const more = alice.page.getByRole("button", { name: alice.words.moreTime, exact: true });
    if (js) assert.equal(await more.isVisible(), false, "offered when time runs out");
    await leave(alice, 40);
    await alice.page.reload();
    await alice.field(alice.words.response).pressSequentially(response.slice(0, 4));
    await more.click();
    await more.waitFor({ state: "detached" });
    const typed = await alice.field(alice.words.response).inputValue();
    if (js) {
      assert.equal(typed, response.slice(0, 4), "what was typed stays");
      await alice.page.waitForFunction(() => /^3:[34]\d$/.test(document.querySelector("[data-clock-time]").textContent));
      await alice.page.keyboard.type(response.slice(4));
      await demo.advance(120);
      await alice.press(alice.words.login);
    } else {
      await demo.advance(120);
      await alice.answer(response);
    }
    await alice.isSignedIn();
  });

  if (js) {
    scene("a password may be seen before it is sent", "alice", async (alice) => {
      await alice.page.goto(`${demo.url}/login`);
      const password = alice.page.locator("#password");
      await password.fill("not hers");
      await alice.page.getByLabel(alice.words.showPassword, { exact: true }).check();
      assert.equal(await password.getAttribute("type"), "text");
      await alice.field(alice.words.username).fill("alice");
      await alice.press(alice.words.login);
      await alice.alert();
      assert.equal(await password.getAttribute("type"), "password", "it is hidden again");
    });
  }

  scene("the device that was used last is offered first", "carol", async (carol) => {
    const card = carol.device("security-code-card");
    await carol.reach("security-code-card");
    await carol.giveCardValues(card);
    await carol.isSignedIn();
    await carol.page.context().clearCookies({ name: "session" });
    await carol.givePassword();
    await carol.reads(carol.words.choose);
    assert.equal(await carol.page.locator("#device option:checked").getAttribute("value"), card.id);
  });

  scene("cookies are out of reach for scripts and other sites", "alice", async (alice) => {
    await alice.logIn();
    const cookies = await alice.page.context().cookies();
    assert.ok(cookies.some((cookie) => cookie.name === "session"));
    for (const cookie of cookies) {
      assert.ok(cookie.httpOnly, cookie.name);
      assert.equal(cookie.sameSite, "Lax", cookie.name);
      assert.equal(cookie.path, "/", cookie.name);
    }
    assert.ok(!cookies.some((cookie) => cookie.name.startsWith("attempt-")), "an attempt's cookie goes with it");
  });
}

/** Moves the server's clock until the login on the page has this many seconds left. */
async function leave(person, seconds) {
  const left = Number(await person.page.locator("[data-clock]").getAttribute("data-left"));
  await person.demo.advance(left - seconds);
}
