// What a person does on the pages of a login.

import assert from "node:assert/strict";
import { lookUp, passcode, respond } from "./card.mjs";
import { Phone } from "./phone.mjs";
import { WORDS } from "./words.mjs";

/** Someone who logs in to `demo` on `page`, reading `lang`. */
export class Person {
  constructor(page, demo, username, lang) {
    this.page = page;
    this.demo = demo;
    this.user = demo.users.get(username);
    this.words = WORDS[lang];
  }

  /** The page's heading. Waits until it is `words`. */
  async reads(words) {
    await this.page.getByRole("heading", { level: 1, name: words, exact: true }).waitFor();
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  async press(button) {
    await this.page.getByRole("button", { name: button, exact: true }).click();
  }

  /** The password step. */
  async givePassword(password = this.user.password) {
    const login = `${this.demo.url}/login`;
    // A page that hears of its attempt's end leads on by itself; whoever types the address just then types it again.
    const onTheWay = (error) => error.message.includes("is interrupted by another navigation");
    await this.page.goto(login).catch((error) => (onTheWay(error) ? this.page.goto(login) : Promise.reject(error)));
    await this.field(this.words.username).fill(this.user.username);
    await this.field(this.words.password).fill(password);
    await this.press(this.words.login);
  }

  /** Picks a device in the chooser. */
  async choose(device) {
    await this.reads(this.words.choose);
    // A passkey that was just made is known by its label alone.
    const option = this.page.locator("option", { hasText: device.label }).first();
    await this.field(this.words.device).selectOption(device.id ?? (await option.getAttribute("value")));
    await this.press(this.words.continue);
    await this.reads(device.class === "phone" ? this.words.approve : device.label);
  }

  /** The user's first device of a class. */
  device(kind = "dsc-plus") {
    return this.user.devices.find((device) => device.class === kind);
  }

  /** The password, then the chooser: at the screen of the user's device of a class. */
  async reach(kind) {
    await this.givePassword();
    const device = this.device(kind);
    await this.choose(device);
    return device;
  }

  async challenge() {
    const shown = await this.field(this.words.challenge).textContent();
    assert.match(shown, /^[1-4]\d{5}$/, "a login challenge is six digits that start with 1 to 4");
    return shown;
  }

  async type(label, answer) {
    await this.field(label).fill(answer);
    await this.press(this.words.login);
  }

  async answer(answer) {
    await this.type(this.words.response, answer);
  }

  /** The right response of a DSC+ to the challenge on the page. */
  async response(device) {
    return respond(device, await this.challenge());
  }

  /** A whole login with a DSC+. */
  async logIn() {
    const device = await this.reach();
    await this.answer(await this.response(device));
    await this.isSignedIn();
  }

  async givePasscode(device) {
    // A passcode counts once, so each login waits for the next.
    await this.type(this.words.passcode, await passcode(device, await this.demo.advance(30)));
  }

  async giveCardValues(device) {
    const places = await this.page.locator(".places li").allTextContents();
    assert.equal(places.length, 2);
    await this.type(this.words.cardValues, await lookUp(device, places.map(Number)));
  }

  /** The page that waits for the phone, and the phone: the password, the chooser where there is one. */
  async awaitPhone() {
    const phone = this.device("phone");
    await this.givePassword();
    if (this.user.devices.length > 1) await this.choose(phone);
    await this.reads(this.words.approve);
    return new Phone(phone);
  }

  async isSignedIn() {
    await this.reads(this.words.settings);
    assert.equal(new URL(this.page.url()).pathname, "/settings");
  }

  async alert() {
    return this.page.getByRole("alert").textContent();
  }
}

/** Another value of the same length. */
export const wrong = (response) => (response[0] === "9" ? "0" : "9") + response.slice(1);
