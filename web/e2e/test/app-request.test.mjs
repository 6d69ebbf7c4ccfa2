// A request in the app: seen wherever it arrives, answered without scrolling, told for what it was.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openApp } from "../src/app.mjs";
import { PIN, ProgramLogin } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

const FORMS = [{ look: "android", lang: "en" }, { look: "ios", lang: "ru" }];
/** Small phones, and what a browser on a phone leaves of a larger one. */
const SIZES = [{ width: 320, height: 568 }, { width: 390, height: 664 }, { width: 390, height: 844 }];

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** A program asks for boris' login. */
async function asks() {
  const login = new ProgramLogin(demo);
  const { next } = await login.begin("boris");
  assert.equal(next.step, "approve");
  return login;
}

const button = ({ page }, name) => page.getByRole("button", { name, exact: true });

/** What a request is answered with, each where a finger finds it. */
async function inSight(app, { width, height }) {
  const names = [app.words.deny, app.words.approve, app.words.notMe];
  const answers = [[app.words.pin, app.field(app.words.pin)], ...names.map((name) => [name, button(app, name)])];
  for (const [name, answer] of answers) {
    const box = await answer.boundingBox();
    const at = `${name} at ${width}×${height}: ${JSON.stringify(box)}`;
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, at);
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const hit = await answer.evaluate((element, [left, top]) => element.contains(document.elementFromPoint(left, top)), middle);
    assert.ok(hit, `${at}: a tap there means this`);
  }
  const [deny, approve] = await Promise.all(names.slice(0, 2).map((name) => button(app, name).boundingBox()));
  assert.ok(Math.abs(deny.width - approve.width) < 1 && Math.abs(deny.height - approve.height) < 1, "equal weight");
}

const QUESTION = { en: "Log in to Trader Workstation?", ru: "Войти в «Trader Workstation»?" };
const ORIGIN = { en: /· address \S+ · just now$/, ru: /· адрес \S+ · только что$/ };

async function answersInSight(app) {
  await asks();
  await app.openRequest();
  const { page } = app;
  for (const letters of ["", "200%"]) {
    await page.evaluate((size) => (document.documentElement.style.fontSize = size), letters);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(() => scrollTo(0, 0));
      const question = await page.locator("h1").boundingBox();
      assert.ok(question.y >= 0 && question.y < size.height / 4, "the question comes first");
      await inSight(app, size);
      assert.equal(await page.locator("nav.tabs").count(), 0);
    }
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  assert.equal(await page.locator("h1").textContent(), QUESTION[app.lang]);
  assert.match(await page.locator("main > :first-child").textContent(), ORIGIN[app.lang], "who and where, right below");
  await app.deny();
  await app.finish();
}

/** From a request on the screen to the login: the PIN alone, once the app knows how long it is. */
async function lastDigitSends(app) {
  const { page, words } = app;
  const first = await asks();
  await app.openRequest();
  await page.keyboard.type(PIN);
  assert.equal(await app.field(words.pin).inputValue(), PIN, "the PIN has the focus; its length is not known yet");
  await button(app, words.approve).click();
  await app.reads(words.approved);
  assert.ok((await first.step({})).authorization_code);
  await app.finish();
  const second = await asks();
  await app.openRequest();
  await page.keyboard.type("829461");
  await page.getByRole("alert").waitFor();
  assert.equal(await app.field(words.pin).inputValue(), "", "a wrong one is typed anew");
  await page.keyboard.type(PIN);
  await app.reads(words.approved);
  assert.ok((await second.step({})).authorization_code);
  await app.finish();
}

async function seenEverywhere(app) {
  for (const place of ["/respond", "/settings", "/help", "/usernames", "/activate/password"]) {
    await app.go(place);
    const login = await asks();
    await app.page.locator(".arrived").getByRole("button").click();
    await button(app, app.words.deny).waitFor();
    await app.deny();
    await login.step({}).catch(() => undefined);
    await app.finish();
    await app.page.locator(".arrived").waitFor({ state: "detached" });
    assert.equal(await app.page.locator("[aria-live=polite]").first().textContent(), "", "what was said of it does not stay");
  }
  await app.go("/");
  // Where somebody has just touched the app it does not: their finger may be on its way.
  await asks();
  await app.page.locator(".now-card").waitFor();
  assert.match(app.page.url(), /#\/$/);
  await app.openRequest();
  await app.deny();
  await app.finish();
  // Being led here counts as a touch, so it must be over before the calm begins.
  await app.page.waitForURL(/#\/$/);
  await app.page.locator(".now-card").waitFor({ state: "detached" });
  // A page counts from when its clock was installed, so what was touched before would lie in the future.
  await app.page.clock.install();
  await app.load();
  await app.page.clock.fastForward(10_000);
  await asks();
  await app.page.waitForURL(/#\/request\//);
  await app.deny();
}

async function carriedAlong(app) {
  await app.typeChallenge("912345");
  await app.press(app.words.respondMoney, app.page.getByRole("alert"));
  await app.reads(app.words.respondMoney);
  assert.equal(await app.field(app.words.challenge).inputValue(), "912345");
  await app.typeChallenge("112345", { money: true });
  await app.press(app.words.respond, app.page.getByRole("alert"));
  await app.reads(app.words.respond);
  assert.equal(await app.field(app.words.challenge).inputValue(), "112345");
}

async function moneyTyped(app) {
  const typed = { en: "900.50", ru: "900,50" }[app.lang];
  await app.go("/cards");
  await app.page.locator(".card-button").first().click();
  const field = app.field(app.words.amount);
  await field.pressSequentially(typed);
  assert.equal(await field.inputValue(), typed, "what is typed stays");
  await app.press(app.words.allow);
  const wrong = app.page.locator(".field .wrong");
  await wrong.waitFor();
  assert.ok((await wrong.textContent()).includes("901"), "refused in words, with the next amount that would do");
  await field.fill("");
  await field.pressSequentially("1200");
  const grouped = await field.inputValue();
  assert.equal(grouped.replace(/\d/g, "").length, 1, `thousands show while typing: ${grouped}`);
  await app.press(app.words.allow);
  const shown = app.page.locator(".detail.large dd").first();
  await shown.waitFor();
  assert.equal((await shown.textContent()).replace(/\D/g, ""), "1200");
}

const PAYMENT = {
  en: { kept: "The payment was denied. Your password stays as it is.", locked: /password is locked/ },
  ru: { kept: "Платёж отклонён. Пароль остался прежним.", locked: /пароль заблокирован/i },
};

/** Somebody pays with boris' debit card at the brokerage's counter, for more than it lets through by itself. */
async function swiped() {
  const cards = await fetch(`${demo.brokerage}/cards/`);
  const [cookie] = cards.headers.getSetCookie()[0].split(";");
  const [, csrf] = /name="csrf" value="([^"]+)"/.exec(await cards.text());
  const body = new URLSearchParams({ csrf, card: "card-boris-7731", merchant: "Camera store", amount: "1480.50", till: "patient" });
  const paid = await fetch(`${demo.brokerage}/cards/swipe`, { method: "POST", headers: { Cookie: cookie }, body, redirect: "manual" });
  assert.equal(paid.status, 303);
}

async function paymentReported(app) {
  const { kept, locked } = PAYMENT[app.lang];
  await swiped();
  await app.go("/");
  await app.openRequest();
  await app.report();
  await app.says(kept);
  assert.doesNotMatch(await app.page.locator("main").textContent(), locked);
  await app.finish();
  await asks();
  await app.openRequest();
  await app.deny();
}

const BLOCKED = {
  en: { push: "Notifications", on: "Turn on notifications", words: "Allow notifications for this app" },
  ru: { push: "Уведомления", on: "Включить уведомления", words: "Разрешите уведомления этому приложению" },
};

/** This engine has notifications denied, as somebody has who said no once. */
async function notificationsDenied(app) {
  assert.equal(await app.page.evaluate(() => Notification.permission), "denied");
  const { push, on, words } = BLOCKED[app.lang];
  await app.go("/usernames");
  await app.page.locator("main button.row").first().click();
  await app.row(push);
  await app.reads(push);
  await app.says(words);
  assert.equal(await button(app, on).count(), 0, "no button that does nothing");
}

/** A back end asks for several payees at once: their sum is large, and each can be opened. */
async function severalPayees(app) {
  const payment = (name, account, amount) => ({ amount, destination: { name, account } });
  const payments = [payment("Ann Baker", "DE89370400440532013011", "1200.10"), payment("Bob Cole", "GB29NWBK60161331926819", "300.00")];
  const response = await fetch(`${demo.url}/api/v1/withdrawals`, {
    method: "POST",
    headers: { Authorization: `Bearer ${demo.token}`, "Content-Type": "application/json", "Idempotency-Key": `"${crypto.randomUUID()}"` },
    body: JSON.stringify({ user: "boris", currency: "USD", account_id: "U1000002", payments, reference: "wages" }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  await app.go("/");
  await app.openRequest();
  await app.page.setViewportSize(SIZES[0]);
  const sum = app.page.locator(".detail.large dd").first();
  await sum.waitFor();
  assert.equal((await sum.textContent()).replace(/\D/g, ""), "150010");
  const second = app.page.locator("details", { hasText: "Bob Cole" });
  await second.locator("summary").click();
  assert.ok(await second.getByText("GB29NWBK60161331926819").isVisible());
  assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "nothing off screen");
  await app.deny();
  await app.page.setViewportSize(SIZES[2]);
}

const ACTS = [
  ["every answer is in sight at every size, and nothing lies over it", answersInSight],
  ["the PIN stands on the request, and its last digit sends it", lastDigitSends],
  ["a request that arrives is seen from every screen, and opens by itself where nothing is done", seenEverywhere],
  ["a challenge goes along to the screen that it is for", carriedAlong],
  ["money typed is money meant", moneyTyped],
  ["several payees are one sum, and each can be opened", severalPayees],
  ["notifications that are denied: what to do, and no dead button", notificationsDenied],
  ["a payment that is reported locks no password, and the words say so", paymentReported],
];

for (const form of FORMS) {
  test(`a request, and money (${Object.values(form).join(", ")})`, async (t) => {
    const app = await openApp(demo, form);
    try {
      await app.activate("boris", PIN);
      await app.finish();
      for (const [name, play] of ACTS) await t.test(name, () => play(app));
      await app.close();
    } finally {
      await app.page.context().close();
    }
  });
}

test("the end of a request closes by itself where nothing is left to do", async () => {
  const app = await openApp(demo, { lang: "en", look: "android", closes: true });
  try {
    await app.activate("boris", PIN);
    await app.finish();
    for (const answer of [() => app.approve(PIN), () => app.press(app.words.deny)]) {
      await asks();
      await app.openRequest();
      await answer();
      await app.page.waitForURL(/#\/$/);
    }
    await app.close();
  } finally {
    await app.page.context().close();
  }
});
