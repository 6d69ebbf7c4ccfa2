// What a person does in the phone app in Firefox, which tells of requests by push.

import { APP_WORDS } from "./app-words.mjs";
import { codeOf, eventually } from "./core.mjs";
import { PATIENCE } from "./patience.mjs";

/** Opens the app in a new tab. */
export async function openFirefoxApp(firefox, demo, lang) {
  const app = new FirefoxApp(await firefox.newPage(), demo, lang);
  await app.page.goto(`${demo.url}/app/?look=android`);
  return app;
}

/** The tab of the app that came by itself. */
export async function openedApp(firefox, demo, lang) {
  const ours = async () => (await firefox.pages()).find((page) => page.url().startsWith(`${demo.url}/app/`));
  return new FirefoxApp(await eventually(ours, "the app's tab"), demo, lang);
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
    await this.#at(`//h1[normalize-space()="${words}"]`, (it) => it.wait());
  }

  /** Waits until a paragraph is `words`. */
  async says(words) {
    await this.#at(`//main//p[normalize-space()="${words}"]`, (it) => it.wait());
  }

  async press(button, within = "*[self::main or self::footer]") {
    await this.#at(`//${within}//button[normalize-space()="${button}"]`, (it) => it.click());
  }

  /** A row of a group, or a request at home: its title comes first, other words may follow. */
  async row(title) {
    await this.#at(`//button[.//*[normalize-space()="${title}"]]`, (it) => it.click());
  }

  async fill(label, value) {
    await this.#at(`//input[@id=//label[normalize-space()="${label}"]/@for]`, (it) => it.fill(value));
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
    await this.fill(this.words.pin, pin);
    await this.page.keyboard.press("Enter");
    await this.reads(this.words.approved);
  }

  /** Refuses the open request. */
  async deny() {
    await this.press(this.words.deny);
    await this.reads(this.words.denied);
  }

  /** Does something with what is there; when it does not come, the error says what was on the screen instead. */
  async #at(xpath, act) {
    try {
      await act(this.page.locator(`::-p-xpath(${xpath})`));
    } catch (error) {
      const screen = await this.page.$eval("body", (body) => body.innerText);
      throw new Error(`${xpath}: ${error.message}. The screen at ${this.page.url()}:\n${screen}`, { cause: error });
    }
  }
}
