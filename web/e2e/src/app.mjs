// What a person does in the phone app, on a phone of their own.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP_WORDS } from "./app-words.mjs";
import { openDevice } from "./browser.mjs";
import { respond } from "./card.mjs";
import { authenticator, codeOf } from "./core.mjs";

/** How long the app shows the end of a request, in milliseconds. */
const CLOSES_AFTER = 5_000;

/** Phones of today, by the form of the app. */
const SIZES = { ios: { width: 390, height: 844 }, android: { width: 412, height: 915 } };

/**
 * Starts a phone: a browser with a profile of its own, whose platform authenticator knows its user. `folder` keeps what
 * is on the phone across restarts (it is the caller's then); `biometric: false` is a phone without an authenticator.
 * `closes`: what closes by itself does; else it waits for the test, since time decides nothing there.
 */
export async function openApp(demo, { lang = "en", look = "android", folder, biometric = true, closes = false, ...rest } = {}) {
  const own = folder ?? (await mkdtemp(path.join(tmpdir(), "countersign-phone-")));
  const page = await openDevice(own, { lang, viewport: SIZES[look], ...rest });
  if (!closes) await page.context().addInitScript(staysOpen, CLOSES_AFTER);
  const app = new App(page, demo, { lang, look });
  app.leave = () => (folder ? undefined : rm(own, { recursive: true, force: true }));
  if (biometric) app.authenticator = await authenticator(page);
  await app.load();
  return app;
}

/** In the browser: what would close by itself after so many milliseconds stays. */
function staysOpen(after) {
  const usual = window.setTimeout.bind(window);
  window.setTimeout = (act, delay, ...args) => usual(act, delay === after ? 2 ** 30 : delay, ...args);
}

/** The app on a phone. */
export class App {
  constructor(page, demo, { lang, look }) {
    this.page = page;
    this.demo = demo;
    this.lang = lang;
    this.look = look;
    this.words = APP_WORDS[lang];
  }

  /** Opens the app at a place (`/requests`), or by a link from outside (`request=DEVICE.CONFIRMATION`). */
  async load(place = "/") {
    // Another fragment alone would load nothing.
    await this.page.goto("about:blank");
    await this.page.goto(`${this.demo.url}/app/?look=${this.look}#${place}`);
    await this.page.locator("h1").waitFor();
  }

  /** Goes to a place without loading the app anew. */
  async go(place) {
    await this.page.evaluate((to) => (location.hash = to), place);
  }

  /** The screen's heading. Waits until it is `words`. */
  async reads(words) {
    await this.page.getByRole("heading", { level: 1, name: words, exact: true }).waitFor();
  }

  /** Waits until the screen says `words`. */
  async says(words) {
    await this.page.locator("main").getByText(words).first().waitFor();
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  async press(button, within = this.page) {
    await within.getByRole("button", { name: button, exact: true }).click();
  }

  /** A row of a group: its title comes first, other words may follow. */
  async row(title) {
    await this.page.locator("button.row", { has: this.page.getByText(title, { exact: true }) }).first().click();
  }

  /** What went wrong, as it is said aloud. */
  alert() {
    return this.page.getByRole("alert").textContent();
  }

  /** Types the PIN that a sheet asks for, and presses `verb`. */
  async givePin(pin, verb) {
    const sheet = this.page.getByRole("dialog", { name: this.words.enterPin });
    await sheet.getByLabel(this.words.pin, { exact: true }).fill(pin);
    await this.press(verb, sheet);
  }

  /** Presence for what was just pressed: a PIN, or nothing where the authenticator answers. */
  async prove(presence, verb) {
    if (presence !== "biometric") await this.givePin(presence, verb);
  }

  /** Username and password, up to what is to be proven next. */
  async beginByPassword(username, password = this.demo.users.get(username).password) {
    await this.load("/activate");
    await this.row(this.words.byPassword);
    await this.field(this.words.username).fill(username);
    await this.field(this.words.password).fill(password);
    await this.press(this.words.continue);
  }

  /** Username and the session id of the settings page. */
  async beginBySession(username, sessionId) {
    await this.load("/activate");
    await this.row(this.words.bySession);
    await this.field(this.words.username).fill(username);
    await this.field(this.words.sessionId).fill(sessionId);
    await this.press(this.words.continue);
  }

  /** The code that was sent. */
  async giveCode(code) {
    await this.reads(this.words.typeCode);
    await this.field(this.words.code).fill(code);
    await this.press(this.words.continue);
  }

  /** The last step: a PIN twice, or `biometric`. */
  async choosePresence(presence, label) {
    const biometric = presence === "biometric";
    const [wanted, other] = biometric
      ? [this.words.biometric, this.words.biometricInstead]
      : [this.words.choosePin, this.words.pinInstead];
    const change = this.page.getByRole("button", { name: other, exact: true });
    const heading = this.page.getByRole("heading", { level: 1, name: wanted, exact: true });
    await heading.or(change).first().waitFor();
    if (await change.isVisible()) await change.click();
    await this.reads(wanted);
    if (!biometric) {
      await this.field(this.words.newPin).fill(presence);
      await this.field(this.words.pinAgain).fill(presence);
    }
    if (label) await this.field(this.words.label).fill(label);
    await this.press(this.words.activateNow);
  }

  /** Another device of the user's confirms the activation: a DSC+, by a challenge for changes of devices. */
  async proveWithCard(username) {
    await this.reads(this.words.otherDevice);
    const { devices } = this.demo.users.get(username);
    const card = devices.find((device) => device.class === "dsc-plus");
    const chooser = this.page.getByRole("heading", { name: this.words.choose, exact: true });
    const shown = this.page.locator(".shown-digits");
    await chooser.or(shown).waitFor();
    if (await chooser.isVisible()) await this.choose(card.label);
    await this.answerChallenge((challenge) => {
      assert.match(challenge, /^[67]\d{5}$/, "a challenge for a change of devices starts with 6 or 7");
      return respond(card, challenge);
    }, this.words.confirm);
  }

  /**
   * A whole activation by username and password, proven by the user's DSC+, or by the code from the demo's outbox where
   * the user has no other device.
   */
  async activate(username, presence, label) {
    await this.beginByPassword(username);
    const code = this.page.getByRole("heading", { level: 1, name: this.words.typeCode, exact: true });
    const device = this.page.getByRole("heading", { level: 1, name: this.words.otherDevice, exact: true });
    await code.or(device).waitFor();
    if (await code.isVisible()) await this.giveCode(await codeOf(this.demo));
    else await this.proveWithCard(username);
    await this.choosePresence(presence, label);
    await this.reads(this.words.active);
  }

  /** A whole activation by the session id that the settings page shows. */
  async activateBySession(username, sessionId, presence, label) {
    await this.beginBySession(username, sessionId);
    await this.choosePresence(presence, label);
    await this.reads(this.words.active);
  }

  /** Leaves the last screen of an activation or a request. */
  async finish() {
    await this.press(this.words.done);
  }

  /** Opens the request that home shows. */
  async openRequest() {
    await this.go("/");
    const answer = this.page.getByRole("button", { name: this.words.answer }).first();
    const deny = this.page.getByRole("button", { name: this.words.deny, exact: true });
    await answer.or(deny).first().waitFor();
    // One that arrives while nobody touches the app opens by itself, perhaps just before this button is pressed.
    const [button] = await answer.elementHandles();
    await button?.click().catch(() => undefined);
    await deny.waitFor();
  }

  /** What the request shows, by its labels. */
  async details() {
    const rows = await this.page.locator(".detail").all();
    const pairs = rows.map(async (row) => [await row.locator("dt").textContent(), await row.locator("dd").textContent()]);
    return new Map(await Promise.all(pairs));
  }

  /** Approves the open request; `number` where the login screen shows one. */
  async approve(presence, number) {
    if (number !== undefined) await this.field(this.words.number).fill(number);
    if (presence === "biometric") return this.press(this.words.approve);
    // The last digit may have sent it; then nothing has the focus any more that would take this key.
    await this.field(this.words.pin).fill(presence);
    await this.page.keyboard.press("Enter");
  }

  /** Refuses the open request. */
  async deny() {
    await this.press(this.words.deny);
    await this.reads(this.words.denied);
  }

  /** It was somebody else: asked once more, then said. */
  async report() {
    await this.press(this.words.notMe);
    await this.press(this.words.notMe, this.page.getByRole("dialog", { name: this.words.sure }));
    await this.reads(this.words.reported);
  }

  /** Types a challenge; `money` on the screen for money. */
  async typeChallenge(challenge, { money = false } = {}) {
    await this.go(money ? "/respond/money" : "/respond");
    await this.reads(money ? this.words.respondMoney : this.words.respond);
    const another = this.page.getByRole("button", { name: this.words.another, exact: true });
    await this.field(this.words.challenge).or(another).waitFor();
    if (await another.isVisible()) await another.click();
    await this.field(this.words.challenge).fill(challenge);
  }

  /** The response to a challenge. */
  async respond(challenge, presence, { money = false } = {}) {
    await this.typeChallenge(challenge, { money });
    await this.press(this.words.generate);
    await this.prove(presence, this.words.generate);
    const digits = (await this.page.locator(".response-digits").textContent()).replace(/\D/g, "");
    assert.match(digits, /^\d{8}$/, "a response has eight digits");
    return digits;
  }

  /** Opens trading with this phone's key; the trader follows. */
  async unlockTrade(presence) {
    await this.go("/trade");
    await this.press(this.words.unlock);
    await this.prove(presence, this.words.unlockVerb);
  }

  /** An ordinary login inside the app, as far as the choice of a device. */
  async logInToTrade(username, password = this.demo.users.get(username).password) {
    await this.go("/trade/login");
    await this.field(this.words.username).fill(username);
    await this.field(this.words.password).fill(password);
    await this.press(this.words.login);
  }

  /** Picks a device where several are offered. */
  async choose(label) {
    await this.page.getByRole("heading", { name: this.words.choose, exact: true }).waitFor();
    await this.row(label);
  }

  /** Answers another device's challenge; `response` makes the response. */
  async answerChallenge(response, verb = this.words.login) {
    const shown = this.page.locator(".shown-digits");
    await shown.waitFor();
    await this.field(this.words.response).fill(await response((await shown.textContent()).replace(/\D/g, "")));
    await this.press(verb);
  }

  /** Opens the first card. */
  async openCard() {
    await this.go("/cards");
    await this.page.locator(".card-button").first().click();
    await this.page.locator(".card-large").waitFor();
  }

  /** Allows a large purchase with the open card; `amount` in whole units. */
  async preauthorise(amount, presence) {
    await this.field(this.words.amount).fill(amount);
    await this.press(this.words.allow);
    await this.page.getByRole("button", { name: this.words.approve, exact: true }).waitFor();
    await this.approve(presence);
    await this.reads(this.words.approved);
    await this.finish();
  }

  /** Blocks the open card. */
  async blockCard() {
    await this.press(this.words.block);
    await this.press(this.words.blockYes, this.page.getByRole("dialog"));
  }

  /** Takes a code from a picture (a PNG's octets) instead of the camera. */
  async scanPicture(picture) {
    await this.go("/scan");
    await this.page.locator("input[type=file]").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: picture });
  }

  /** Takes the username off this phone. */
  async remove(username) {
    await this.go("/usernames");
    await this.row(username);
    await this.row(this.words.remove);
    await this.press(this.words.remove);
    await this.press(this.words.removeYes, this.page.getByRole("dialog"));
  }

  /** Switches the phone off; fails when a page complained about more than what the server refused. */
  async close() {
    await this.page.context().close();
    await this.leave?.();
    const refused = /the server responded with a status of 4\d\d/;
    assert.deepEqual(this.page.complaints.filter((text) => !refused.test(text)), []);
  }
}
