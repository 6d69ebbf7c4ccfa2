// What a person does in the phone app in Firefox, which tells of requests by push.

import { APP_WORDS } from "./app-words.mjs";
import { codeOf, eventually } from "./core.mjs";

/** How long what a test waits for may take, in milliseconds. */
const PATIENCE = 60_000;

/** Opens the app in a new tab. */
export async function openFirefoxApp(firefox, demo, lang) {
  const app = new FirefoxApp(await firefox.newPage(), demo, lang);
  await app.page.goto(`${demo.url}/app/?look=android`);
  return app;
}

/** The tab of the app that came by itself. */
export async function openedApp(firefox, demo, lang) {
  const ours = async () => (await firefox.pages()).find((page) => page.url().startsWith(`${demo.url}/app/`));
  return new FirefoxApp(await eventually(ours, "the app's tab", PATIENCE), demo, lang);
}

/** The app in a tab. */
class FirefoxApp {
  constructor(page, demo, lang) {
    this.page = page;
    this.demo = demo;
    this.words = APP_WORDS[lang];
    page.setDefaultTimeout(PATIENCE);
  }

  /** Goes to a place without loading the app anew. */
  async go(place) {
    await this.page.evaluate((to) => (location.hash = to), place);
  }

  /** The place on the screen. */
  get place() {
    return new URL(this.page.url()).hash.slice(1);
  }

  /** Waits until the screen's heading is `words`. */
  async reads(words) {
    await this.#there(`//h1[normalize-space()="${words}"]`).wait();
  }

  /** Waits until a paragraph is `words`. */
  async says(words) {
    await this.#there(`//main//p[normalize-space()="${words}"]`).wait();
  }

  /** What the screen says. */
  text() {
    return this.page.$eval("main", (main) => main.textContent);
  }

  async press(button, within = "main") {
    await this.#there(`//${within}//button[normalize-space()="${button}"]`).click();
  }

  /** A row of a group: its title comes first, other words may follow. */
  async row(title) {
    await this.#there(`//button[contains(@class, "row")][.//*[normalize-space()="${title}"]]`).click();
  }

  async fill(label, value) {
    await this.#there(`//input[@id=//label[normalize-space()="${label}"]/@for]`).fill(value);
  }

  /** A whole activation by username, password and the code from the demo's outbox. */
  async activate(username, pin) {
    await this.go("/activate");
    await this.row(this.words.byPassword);
    await this.fill(this.words.username, username);
    await this.fill(this.words.password, this.demo.users.get(username).password);
    await this.press(this.words.continue);
    await this.reads(this.words.typeCode);
    await this.fill(this.words.code, await codeOf(this.demo));
    await this.press(this.words.continue);
    await this.reads(this.words.choosePin);
    await this.fill(this.words.newPin, pin);
    await this.fill(this.words.pinAgain, pin);
    await this.press(this.words.activateNow);
    await this.reads(this.words.active);
  }

  /** Switches notifications on in the settings of the username; the device's id. */
  async switchOn(username) {
    await this.go("/usernames");
    await this.row(username);
    await this.row(this.words.notifications);
    await this.press(this.words.turnOn);
    await this.says(this.words.areOn);
    return /^\/username\/([\w-]+)\/notifications$/.exec(this.place)[1];
  }

  /** Approves the open request. */
  async approve(pin) {
    await this.press(this.words.approve);
    await this.fill(this.words.pin, pin);
    await this.press(this.words.approve, "dialog");
    await this.reads(this.words.approved);
  }

  /** Refuses the open request. */
  async deny() {
    await this.press(this.words.deny);
    await this.reads(this.words.denied);
  }

  #there(xpath) {
    return this.page.locator(`::-p-xpath(${xpath})`);
  }
}
