// A walk past every screen of the phone app in every state that a person can bring it to. Tests and screenshots look at
// each stop. The demo is one with `--unfamiliar`, so that every login asks for a number.

import assert from "node:assert/strict";
import { respond } from "./card.mjs";
import { ProgramLogin, codeOf } from "./core.mjs";
import { Customer } from "./customer.mjs";

const PIN = "403917";
const NEW_PIN = "829461";
const RENT = { amount: "1250.50", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 42", reference: "Rent for June" };
const CARD = "7731";
/** A link with a code that nobody made. */
const STRANGE = "activate=AbC-123_x";

/**
 * Walks `app`, a phone on which nothing was ever done, past its screens, and waits for `stop(name)` at each. `laptop`
 * is a page in another browser: what the phone is asked comes from there. The order matters.
 */
export async function appTour(app, laptop, stop) {
  const walk = new Walk(app, laptop, stop);
  // Before the phone is a key: this payment finds nobody to ask, and may be authorised later.
  await walk.boris.swipes(CARD, "Bicycle works", "640.00");
  await walk.boris.isAsked();
  await app.demo.advance(301);
  await walk.boris.stands("expired");
  await app.load();
  await firstLaunch(walk);
  await activation(walk);
  await logins(walk);
  await money(walk);
  await cards(walk);
  await challenges(walk);
  await trading(walk);
  await secondUsername(walk);
  await managing(walk);
  await settings(walk);
  await reporting(walk);
}

/** Who walks, and how far they are. */
class Walk {
  #stop;

  constructor(app, laptop, stop) {
    this.app = app;
    this.page = app.page;
    this.words = app.words;
    this.ios = app.look === "ios";
    this.demo = app.demo;
    this.boris = new Customer(laptop, app.demo, "boris", app.lang);
    this.#stop = stop;
  }

  /** A look at what is on the screen now, once it is complete. Below a sheet a button waits for its answer. */
  async stop(name) {
    await this.page.waitForFunction(() => {
      const on = (what) => document.querySelector(what) !== null;
      return on("h1") && (on("dialog[open]") || !on("main[aria-busy], .waiting, .button[aria-disabled]"));
    });
    // A finger that was lifted points at nothing.
    await this.page.mouse.move(this.page.viewportSize().width - 2, 2);
    await this.#stop(name);
  }

  /** Goes to a place and has a look. */
  async see(name, place) {
    await this.app.go(place);
    await this.page.waitForFunction((to) => location.hash === `#${to}` && !document.querySelector("main[aria-busy]"), place);
    await this.stop(name);
  }

  /** `username` logs in with a program, as far as the phone; the number where one is shown. */
  async asks(username = "boris", method) {
    const login = new ProgramLogin(this.demo);
    let { next } = await login.begin(username);
    if (next.step === "choose_device") {
      const { id } = next.devices.find((device) => device.class === "phone");
      ({ next } = await login.step({ device_id: id }));
    }
    if (method) ({ next } = await login.step({ method }));
    return next;
  }

  /** Opens the request that came, approves it, and leaves. */
  async approves(number) {
    await this.app.openRequest();
    await this.app.approve(PIN, number);
    await this.app.reads(this.words.approved);
    await this.app.finish();
  }
}

async function firstLaunch(walk) {
  const { app, page, words } = walk;
  await walk.stop("welcome");
  await walk.see("respond-no-key", "/respond");
  await walk.see("usernames-none", "/usernames");
  await walk.see("requests-no-key", "/requests");
  await walk.see("trade-first", "/trade");
  if (!walk.ios) {
    await app.go("/");
    await app.press(words.menu);
    await walk.stop("menu");
    await page.keyboard.press("Escape");
  }
  await walk.see("activate", "/activate?then=/cards");
}

async function activation(walk) {
  const { app, page, words, demo } = walk;
  await app.load(STRANGE);
  await app.says(words.followed);
  await walk.stop("activate-followed");
  await walk.see("activate-session", "/activate/session");
  await app.beginBySession("boris", "AAAAAAAAAA");
  await page.getByRole("alert").waitFor();
  await walk.stop("activate-session-unknown");
  await walk.see("activate-number", "/activate/number");
  await walk.see("activate-migrate", "/activate/migrate");
  await walk.see("activate-password", "/activate/password");
  await app.beginByPassword("boris", "not his");
  await page.getByRole("alert").waitFor();
  await walk.stop("activate-password-wrong");
  await app.beginByPassword("boris");
  await app.reads(words.typeCode);
  await walk.stop("activate-code");
  await walk.see("activate-under-way", "/activate");
  await app.load(STRANGE);
  await app.says(words.followed);
  await walk.stop("activate-followed-under-way");
  await app.press(words.activatePhone);
  const asked = page.getByRole("dialog", { name: words.replace });
  await asked.waitFor();
  await walk.stop("activate-replace");
  await app.press(words.goOn, asked);
  await app.reads(words.typeCode);
  await app.go("/activate/prove");
  // Judged where it is typed: no PIN and no finger is asked for a wrong code.
  await app.giveCode("AAAA-2222");
  await page.locator(".wrong").waitFor();
  await app.reads(words.typeCode);
  await walk.stop("activate-code-wrong");
  await app.giveCode(await codeOf(demo));
  await page.locator("h1").filter({ hasNotText: words.typeCode }).waitFor();
  await app.choosePresence("1234");
  await page.getByRole("alert").waitFor();
  await walk.stop("activate-pin");
  await app.press(words.biometricInstead);
  await app.reads(words.biometric);
  await walk.stop("activate-biometric");
  await app.choosePresence(PIN);
  await app.reads(words.active);
  await walk.stop("activate-done");
  await app.load("/");
  await walk.stop("home");
  await walk.see("authentication", "/authentication");
  await walk.see("requests-none", "/requests");
}

async function logins(walk) {
  const { app, page, words } = walk;
  const first = await walk.asks();
  await app.go("/");
  await page.getByRole("button", { name: words.answer }).waitFor();
  await walk.stop("home-waiting");
  await walk.see("requests", "/requests");
  await app.openRequest();
  await walk.stop("request-login");
  await app.field(words.number).fill(first.number);
  await app.field(words.pin).fill("12");
  await app.press(words.approve);
  await page.locator(".pin-line .wrong").waitFor();
  await walk.stop("request-pin");
  await app.approve(NEW_PIN);
  await app.says(words.twoLeft);
  await walk.stop("request-wrong-pin");
  await app.approve(PIN, first.number);
  await app.reads(words.approved);
  await walk.stop("request-approved");
  await app.finish();

  await walk.asks();
  await app.openRequest();
  await app.deny();
  await walk.stop("request-denied");
  await app.finish();

  const { number } = await walk.asks();
  await app.openRequest();
  await app.approve(PIN, number === "11" ? "12" : "11");
  await app.reads(words.over);
  await walk.stop("request-over");
  await app.finish();

  // The code of a login screen, come upon without the camera and with it.
  const link = new URL((await walk.asks("boris", "qr")).payload).hash.slice(1);
  const [, confirmation] = /^login=([^.]+)\./.exec(link);
  await walk.see("request-scan", `/request/scanned/${confirmation}`);
  await app.load(link);
  await page.getByRole("button", { name: words.approve, exact: true }).waitFor();
  await walk.stop("request-scanned");
  await app.deny();
  await app.finish();
}

/** What the brokerage asks for: a login to its portal, a withdrawal, a payment at the counter. */
async function money(walk) {
  const { app, boris } = walk;
  await boris.open("/portal/");
  await boris.follow(boris.says.enter);
  await boris.at("/login", walk.demo.url);
  await boris.field(boris.words.username).fill("boris");
  await boris.field(boris.words.password).fill(boris.user.password);
  await boris.press(boris.words.login);
  await boris.reads(boris.words.approve);
  await walk.approves(await boris.field(boris.words.number).textContent());
  await boris.at("/portal/");
  await boris.asksFor(RENT);
  await app.openRequest();
  await walk.stop("request-withdrawal");
  await app.deny();
  await app.finish();
  await boris.stands("declined");
  await boris.swipes(CARD, "Camera store", "1480.50");
  await app.openRequest();
  await walk.stop("request-card-payment");
  await app.deny();
  await app.finish();
}

async function cards(walk) {
  const { app, page, words } = walk;
  await walk.see("cards", "/cards");
  await walk.see("card", `/cards/card-boris-${CARD}`);
  await app.press(`${words.authorise} Bicycle works`);
  await page.getByRole("button", { name: words.approve, exact: true }).waitFor();
  await walk.stop("card-authorise");
  await app.approve(PIN);
  await app.reads(words.approved);
  await walk.stop("card-authorised");
  await app.finish();
  // The shop tries again, and nobody is asked a second time.
  await walk.boris.swipes(CARD, "Bicycle works", "640.00");
  await walk.boris.stands("approved");
  await page.locator("form input").fill("900");
  await app.press(words.allow);
  await page.getByRole("button", { name: words.approve, exact: true }).waitFor();
  await walk.stop("card-preauthorise");
  await app.approve(PIN);
  await app.reads(words.approved);
  await walk.stop("card-preauthorised");
  await app.finish();
  await page.locator(".notice.good").waitFor();
  await walk.stop("card-allowed");
  await app.row(words.block);
  await page.getByRole("dialog").waitFor();
  await walk.stop("card-block");
  await app.press(words.blockYes, page.getByRole("dialog"));
  await page.locator(".face.blocked").waitFor();
  await walk.stop("card-blocked");
  await walk.see("card-pending", "/cards/card-boris-8840");
}

async function challenges(walk) {
  const { app, words } = walk;
  await walk.see("respond", "/respond");
  await app.typeChallenge("812345");
  await app.says(words.isMoney);
  await walk.stop("respond-is-money");
  await app.respond("413027", PIN);
  await walk.stop("respond-response");
  await walk.see("respond-money", "/respond/money");
  await app.typeChallenge("312345", { money: true });
  await app.says(words.notMoney);
  await walk.stop("respond-not-money");
  await app.typeChallenge("812042", { money: true });
  await app.says(`${words.ends} 042?`);
  await walk.stop("respond-money-compare");
  await app.respond("812042", PIN, { money: true });
  await walk.stop("respond-money-response");
}

async function trading(walk) {
  const { app, page, words, demo } = walk;
  const trader = `${demo.brokerage}/**`;
  await page.context().route(trader, (route) => route.fulfill({ contentType: "text/html", body: "<title>trader</title>" }));
  await walk.see("trade", "/trade");
  await app.unlockTrade(PIN);
  await page.waitForURL(trader);
  await app.load("/trade");
  await page.getByRole("link", { name: words.openTrader, exact: true }).waitFor();
  await walk.stop("trade-signed-in");
  await app.press(words.signOut);
  await page.getByRole("button", { name: words.unlock, exact: true }).waitFor();
  await walk.see("trade-login", "/trade/login");
  await app.logInToTrade("carol");
  await page.getByRole("heading", { name: words.choose, exact: true }).waitFor();
  await walk.stop("trade-choose");
  const owned = (kind) => demo.users.get("carol").devices.find((device) => device.class === kind);
  await app.choose(owned("dsc-plus").label);
  await page.locator(".shown-digits").waitFor();
  await walk.stop("trade-challenge");
  await app.answerChallenge(() => "00000000");
  await page.getByRole("alert").waitFor();
  await walk.stop("trade-wrong-response");
  await app.press(words.anotherDevice);
  await app.choose(owned("security-code-card").label);
  await page.getByLabel(words.cardValues, { exact: true }).waitFor();
  await walk.stop("trade-code-card");
  await app.press(words.startAgain);
}

/** carol has other devices: one of them is asked in place of a code. */
async function secondUsername(walk) {
  const { app, page, words, demo } = walk;
  await app.beginByPassword("carol");
  await app.reads(words.otherDevice);
  await walk.stop("activate-other-device");
  const card = demo.users.get("carol").devices.find((device) => device.class === "dsc-plus");
  const choose = page.getByRole("heading", { name: words.choose, exact: true });
  if (await choose.isVisible()) await app.choose(card.label);
  await page.locator(".shown-digits").waitFor();
  await walk.stop("activate-challenge");
  await app.answerChallenge((challenge) => respond(card, challenge), words.confirm);
  await app.choosePresence("biometric", "Carol’s phone");
  await app.reads(words.active);
  await app.finish();
  await app.logInToTrade("carol");
  await app.choose("Carol’s phone");
  await page.locator(".shown-digits").waitFor();
  await walk.stop("trade-approve");
  await app.openRequest();
  await walk.stop("request-biometric");
  await app.deny();
  await app.finish();
}

async function managing(walk) {
  const { app, page, words } = walk;
  await walk.see("usernames", "/usernames");
  await app.row("boris");
  await app.reads("boris");
  await walk.stop("username");
  const at = new URL(page.url()).hash.slice(1);
  await walk.see("rename", `${at}/name`);
  await walk.see("move", `${at}/move`);
  await walk.see("change-pin", `${at}/pin`);
  await app.field(words.currentPin).fill(PIN);
  await app.field(words.newPin).fill(NEW_PIN);
  await app.field(words.pinAgain).fill(NEW_PIN);
  await app.press(words.changePin);
  await app.says(words.pinChanged);
  await walk.stop("pin-changed");
  await walk.see("activity", `${at}/activity`);
  await walk.see("notifications", `${at}/notifications`);
  await walk.see("self-check", at.replace("username", "check"));
  await walk.see("remove", `${at}/remove`);
  await app.press(words.remove);
  await page.getByRole("dialog").waitFor();
  await walk.stop("remove-sure");
  await page.keyboard.press("Escape");
}

async function settings(walk) {
  const { app, page, words } = walk;
  await walk.see(walk.ios ? "more" : "app-settings", walk.ios ? "/more" : "/settings");
  for (const name of ["language", "look", "help", "desk", "about"]) await walk.see(name, `/${name}`);
  await walk.see("lock", "/lock");
  await walk.see("scan", "/scan");
  await page.getByRole("alert").waitFor();
  await app.go("/");
  const before = page.complaints.length;
  await page.context().setOffline(true);
  await page.getByText(words.offline, { exact: true }).waitFor();
  await walk.stop("offline");
  await walk.see("offline-trade", "/trade");
  // What was fetched when help was opened is read where nothing can be fetched.
  await walk.see("offline-help", "/help/not-me");
  await page.locator("ol.points li").first().waitFor();
  assert.equal(await page.locator("ol.points li").count(), 3);
  await page.context().setOffline(false);
  await page.getByText(words.offline, { exact: true }).waitFor({ state: "detached" });
  // Without a network requests fail, and Chromium says so.
  page.complaints = page.complaints.filter((text, index) => index < before || !text.includes("ERR_INTERNET_DISCONNECTED"));
}

/** It was not boris: his password is locked, so this comes last. */
async function reporting(walk) {
  const { app, page, words } = walk;
  await walk.asks();
  await app.openRequest();
  await app.press(words.notMe);
  await page.getByRole("dialog", { name: words.sure }).waitFor();
  await walk.stop("request-report");
  await app.press(words.notMe, page.getByRole("dialog", { name: words.sure }));
  await app.reads(words.reported);
  await walk.stop("request-reported");
}
