// What a customer of the sample brokerage does on its pages, and at the login server in between.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage } from "./browser.mjs";
import { startDemo } from "./demo.mjs";
import { DESKTOP } from "./inspect.mjs";
import { Person } from "./person.mjs";

/** The words of the brokerage's pages, written down here and not read from its own lists. */
const WORDS = {
  en: {
    portal: "Client Portal",
    trader: "Web Trader",
    cards: "Debit cards",
    enter: "Log in",
    leave: "Log out",
    accounts: "Accounts",
    statements: "Statements",
    bye: "You are logged out",
    send: "Send order",
    open: "Open",
    filled: "Filled",
    cancelled: "Cancelled",
    cancel: "Cancel order",
    shares: "Shares",
    limit: "Limit",
    kind: "Kind",
    market: "At once, at the market price",
    amount: "Amount in US dollars",
    name: "Payee’s name",
    account: "Payee’s account number",
    reference: "Reference",
    withdraw: "Continue to confirmation",
    elsewhere: "Confirm on my phone or on the settings page",
    carryOut: "Carry out",
    giveUp: "Give up",
    review: "Review",
    dayLimit: "the device’s limit for a day",
    limited: "cannot confirm this amount",
    card: "Card",
    merchant: "Merchant",
    swipe: "Swipe",
  },
  ru: {
    portal: "Клиентский портал",
    trader: "Веб-трейдер",
    cards: "Дебетовые карты",
    enter: "Войти",
    leave: "Выйти",
    accounts: "Счета",
    statements: "Выписка",
    bye: "Вы вышли из системы.",
    send: "Отправить заявку",
    open: "Активна",
    filled: "Исполнена",
    cancelled: "Снята",
    cancel: "Снять заявку",
    shares: "Штук",
    limit: "Лимит",
    kind: "Вид",
    market: "Сразу, по цене рынка",
    amount: "Сумма в долларах США",
    name: "Имя получателя",
    account: "Номер счёта получателя",
    reference: "Назначение",
    withdraw: "Перейти к подтверждению",
    elsewhere: "Подтвердить на телефоне или на странице настроек",
    carryOut: "Исполнить",
    giveUp: "Отменить",
    review: "Посмотреть",
    dayLimit: "дневной лимит устройства",
    limited: "нельзя подтвердить эту сумму",
    card: "Карта",
    merchant: "Продавец",
    swipe: "Провести картой",
  },
};

/** Someone who uses the brokerage of `demo` on `page`, reading `lang`. */
export class Customer extends Person {
  constructor(page, demo, username, lang) {
    super(page, demo, username, lang);
    this.says = WORDS[lang];
  }

  /** Opens a page of the brokerage. */
  async open(path) {
    await this.page.goto(this.demo.brokerage + path);
  }

  /** Follows a link or presses a button that looks like one. */
  async follow(words) {
    await this.page.getByRole("link", { name: words, exact: true }).click();
  }

  /** Where the browser is: the brokerage's path, or the login server's. */
  at(path, where = this.demo.brokerage) {
    return this.page.waitForURL((url) => url.origin === where && url.pathname === path);
  }

  /** The login server's pages: the password and a DSC+, wherever the browser was sent from. */
  async confirmsWhoItIs() {
    await this.at("/login", this.demo.url);
    await this.field(this.words.username).fill(this.user.username);
    await this.field(this.words.password).fill(this.user.password);
    await this.press(this.words.login);
    const device = this.device();
    await this.choose(device);
    await this.answer(await this.response(device));
  }

  /** Answers what is not a login. */
  async confirms(response) {
    await this.field(this.words.response).fill(response);
    await this.press(this.words.confirm);
  }

  /** Logs in to the portal: the brokerage has no form of its own for it. */
  async entersPortal() {
    await this.open("/portal/");
    assert.equal(await this.page.locator("input[type=password]").count(), 0);
    await this.follow(this.says.enter);
    await this.confirmsWhoItIs();
    await this.at("/portal/");
    await this.reads(this.says.accounts);
  }

  /** Opens the trader; whoever is logged in to the portal is not asked again. */
  async entersTrader() {
    await this.open("/trader/");
    await this.follow(this.says.enter);
    await this.at("/trader/");
    await this.page.getByRole("button", { name: this.says.leave, exact: true }).waitFor();
  }

  /** The cash of the first account on the page, in cents. */
  async cash() {
    const text = await this.page.locator("[data-cash]").first().getAttribute("data-cash");
    return Math.round(Number(text) * 100);
  }

  /** Fills in a withdrawal. */
  async fillsIn({ amount, name, account, reference }) {
    await this.open("/portal/withdraw");
    await this.field(this.says.amount).fill(amount);
    await this.field(this.says.name).fill(name);
    await this.field(this.says.account).fill(account);
    await this.field(this.says.reference).fill(reference);
  }

  /** Asks for a withdrawal that is confirmed elsewhere; the brokerage's page waits. */
  async asksElsewhere(withdrawal) {
    await this.fillsIn(withdrawal);
    await this.press(this.says.elsewhere);
    await this.stands("asked");
    return this.page.url();
  }

  /** Asks for a withdrawal; the login server's pages follow. */
  async asksFor(withdrawal) {
    const { name } = withdrawal;
    await this.fillsIn(withdrawal);
    await this.press(this.says.withdraw);
    // What is asked is shown before any device is.
    await this.at("/oauth2/authorize/ask", this.demo.url);
    assert.ok((await this.page.locator("main").textContent()).includes(name));
    await this.press(this.words.continue);
    await this.at("/login", this.demo.url);
  }

  /** A withdrawal with these words, in a list of the institution's. */
  payout(list, reference) {
    return this.page.locator(`section[aria-labelledby=${list}] [data-payout]`).filter({ hasText: reference });
  }

  /** A challenge that moves money: 8 or 9 first, and at its end the last digits of the account that gets it. */
  async moneyChallenge(account) {
    const shown = await this.field(this.words.challenge).textContent();
    assert.match(shown, /^[89]\d{5}$/);
    if (account) assert.equal(shown.slice(3), account.replace(/\D/g, "").slice(-3));
    return shown;
  }

  /** Swipes a card at the counter. */
  async swipes(lastFour, merchant, amount) {
    await this.open("/cards/");
    const card = this.page.locator("#card option").filter({ hasText: `···· ${lastFour}` });
    await this.page.locator("#card").selectOption(await card.getAttribute("value"));
    await this.field(this.says.merchant).fill(merchant);
    await this.field(this.says.amount).fill(amount);
    await this.press(this.says.swipe);
    await this.page.waitForURL((url) => url.pathname.startsWith("/cards/payments/"));
  }

  /** Waits until the page says where the withdrawal or payment stands. */
  async stands(state) {
    await this.page.locator(`[data-state="${state}"]`).waitFor();
  }

  /** Waits until the issuer was asked about a payment that is held: its time runs from then on. */
  async isAsked() {
    await this.page.locator("[data-state=held][data-asked]").waitFor();
  }
}

/**
 * A demo for the tests of one description, and how they are made: each with a browser window of its own, in which
 * `play(customer)` goes on. It fails on anything the pages complain about.
 */
export function customers(browser, { lang, js }) {
  let demo;
  before(async () => {
    demo = await startDemo();
    assert.ok(demo.brokerage, "the brokerage is beside the server");
  });
  after(() => demo?.stop());
  const scene = (name, username, play) =>
    test(name, async () => {
      const page = await openPage(browser(), { lang, js, viewport: DESKTOP });
      try {
        await play(new Customer(page, demo, username, lang));
      } finally {
        await closePage(page);
      }
    });
  return { scene, demo: () => demo };
}
