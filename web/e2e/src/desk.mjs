// The secure-login desk in three browsers: a customer, an agent, a second agent.

import assert from "node:assert/strict";
import { closePage, openPage } from "./browser.mjs";
import { respond } from "./card.mjs";
import { inspect } from "./inspect.mjs";
import { Person } from "./person.mjs";

const DAY = 86_400;

const WORDS = {
  en: {
    desk: "Secure-login desk", find: "Username, mail address, telephone number, serial number of a device, or account", look: "Show",
    propose: "Propose", act: "What will happen", reason: "Why", check: "How the identity was checked",
    agree: "Agree with my device", reveal: "Make and show the code", codeTitle: "Temporary code",
    lost: "Report lost", proposed: "Proposed. The customer is told and can stop it; a second person must agree.",
    waits: "Not yet: the customer can still stop it.", code: "Temporary code", card: "Online code card",
    make: "Make a card", values: "Card Values", start: "Start the card", works: "Your card works. Log in with it, and activate or request a device of your own.",
    agreed: "Agree to what the desk is to do", inARow: "No second temporary code before a device of the customer's own was active.",
  },
  ru: {
    desk: "Отдел безопасного входа", find: "Имя пользователя, адрес почты, номер телефона, серийный номер устройства или счёт", look: "Показать",
    propose: "Предложить", act: "Что произойдёт", reason: "Почему", check: "Как проверена личность",
    agree: "Согласиться своим устройством", reveal: "Создать и показать код", codeTitle: "Временный код",
    lost: "Сообщить о потере", proposed: "Предложено. Клиенту сообщено, он может это остановить; нужен второй человек.",
    waits: "Ещё рано: клиент может это остановить.", code: "Временный код", card: "Электронная карта кодов",
    make: "Создать карту", values: "Коды с карты", start: "Начать пользоваться картой", works: "Карта действует. Войдите с ней и активируйте или запросите своё устройство.",
    agreed: "Согласитесь с действием отдела", inARow: "Второго временного кода не будет, пока у клиента не побывает действующим своё устройство.",
  },
};

/** A desk with two agents at work, and a customer who has lost the phone. */
export class Desk {
  static async open(browser, demo, { lang, js }) {
    const page = () => openPage(browser, { lang, js });
    const desk = new Desk();
    Object.assign(desk, { demo, lang, js, words: WORDS[lang] });
    desk.dana = new Person(await page(), demo, "dana", lang);
    desk.emil = new Person(await page(), demo, "emil", lang);
    desk.boris = new Person(await page(), demo, "boris", lang);
    return desk;
  }

  async close() {
    for (const person of [this.dana, this.emil, this.boris]) await closePage(person.page);
  }

  /** What looks at a page needs its scripts. */
  async inspected(page) {
    if (this.js) await inspect(page, this.lang);
  }

  /** An agent logs in with the only device there is. */
  async atWork(agent) {
    await agent.givePassword();
    const challenge = await agent.challenge();
    await agent.answer(await respond(agent.device(), challenge));
    await agent.isSignedIn();
    await agent.page.getByRole("link", { name: this.words.desk, exact: true }).click();
    await agent.reads(this.words.desk);
  }

  /** Finds the customer and proposes a temporary code; at the page of the case. */
  async proposed() {
    const { page } = this.dana;
    await this.dana.field(this.words.find).fill("bor");
    await this.dana.press(this.words.look);
    await page.getByRole("link", { name: "boris", exact: true }).click();
    await this.dana.reads("boris");
    const lost = page.getByRole("button", { name: this.words.lost });
    if ((await lost.count()) > 0) await lost.first().click();
    await this.dana.field(this.words.reason).fill("Phone lost, number changed");
    await this.dana.field(this.words.check).fill("Date of birth, last withdrawals");
    await this.seen?.(page, "user");
    await this.inspected(page);
    await this.dana.press(this.words.propose);
  }

  /** The second agent confirms exactly what is shown, with a card. */
  async seconded() {
    const { page } = this.emil;
    await page.goto(`${this.demo.url}/console`);
    await this.seen?.(page, "console");
    await this.inspected(page);
    await page.locator("a[href^='/console/case']").first().click();
    await this.seen?.(page, "case");
    await this.inspected(page);
    await this.emil.press(this.words.agree);
    await page.getByText("Phone lost, number changed").first().waitFor();
    await this.seen?.(page, "agree");
    const challenge = await this.emil.field(this.emil.words.challenge).textContent();
    assert.match(challenge, /^[67]/);
    await this.emil.field(this.emil.words.response).fill(await respond(this.emil.device(), challenge));
    await this.emil.press(this.emil.words.confirm);
  }

  /** The code, read off the page that shows it once. */
  async revealed() {
    const { page } = this.dana;
    await page.goto(`${this.demo.url}/console`);
    await page.locator("a[href^='/console/case']").first().click();
    await this.dana.press(this.words.reveal);
    const code = await page.locator("[data-temporary-code]").textContent();
    await this.seen?.(page, "code");
    await this.inspected(page);
    return code;
  }

  async logsInWith(code) {
    await this.boris.givePassword();
    await this.boris.field(this.words.code).fill(code);
    await this.seen?.(this.boris.page, "static");
    await this.boris.press(this.boris.words.login);
  }

  /** Makes the online code card; its values. */
  async card() {
    const { page } = this.boris;
    await this.boris.reads(this.words.card);
    await this.inspected(page);
    await this.boris.press(this.words.make);
    const values = await page.locator(".code-card code").allTextContents();
    assert.equal(values.length, 224);
    await this.seen?.(page, "card");
    await this.inspected(page);
    const places = (await page.locator("form strong").allTextContents()).map((text) => Number(/\d+/.exec(text)[0]));
    await this.boris.field(this.words.values).fill(places.map((place) => values[place - 1]).join(""));
    await this.boris.press(this.words.start);
    await page.getByText(this.words.works, { exact: true }).waitFor();
    return values;
  }

  /** Lost phone → two agents → temporary code → only the card's page → the card. */
  async story() {
    await this.atWork(this.dana);
    await this.atWork(this.emil);
    await this.proposed();
    await this.dana.page.getByText(this.words.proposed, { exact: true }).waitFor();
    await this.seconded();
    await this.demo.advance(DAY + 60);
    await this.atWork(this.dana);
    const code = await this.revealed();
    await this.logsInWith(code);
    await this.boris.isSignedIn();
    await this.demo.advance(2 * DAY);
    await this.logsInWith(code.toLowerCase().replaceAll("-", " "));
    const values = await this.card();
    await this.boris.page.goto(`${this.demo.url}/settings`);
    assert.equal(new URL(this.boris.page.url()).pathname, "/settings/online-card", "the code leads nowhere else");
    await this.withCard(values);
    await this.atWork(this.dana);
    await this.proposed();
    await this.dana.page.getByText(this.words.inARow, { exact: true }).waitFor();
  }

  async withCard(values) {
    const { page } = this.boris;
    await this.boris.givePassword();
    await this.boris.reads(this.boris.words.choose);
    const card = page.locator("option", { hasText: "Online Security Code Card" });
    await this.boris.field(this.boris.words.device).selectOption(await card.getAttribute("value"));
    await this.boris.press(this.boris.words.continue);
    const places = (await page.locator(".places li").allTextContents()).map(Number);
    await this.boris.type(this.boris.words.cardValues, places.map((place) => values[place - 1]).join(""));
    await this.boris.isSignedIn();
  }
}
