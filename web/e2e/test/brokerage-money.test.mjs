// Money leaves the sample brokerage only when its customer has confirmed it with a device: withdrawals by the browser's
// way, card payments by the back end's.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { openApp } from "../src/app.mjs";
import { ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { PIN, eventually } from "../src/core.mjs";
import { customers } from "../src/customer.mjs";
import { inspect } from "../src/inspect.mjs";
import { Phone } from "../src/phone.mjs";

const RENT = { amount: "1250.50", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 42", reference: "rent <June>" };

/** Its amount, as people of each language write it. */
const RENT_WRITTEN = { en: "1,250.50\u00a0USD", ru: "1\u00a0250,50\u00a0USD" };

/** The mission's example: more than a phone may confirm. */
const HOUSE = { amount: "250000", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 17", reference: "house" };

const browser = ownBrowser();

for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`money, ${lang}, ${js ? "with" : "without"} JavaScript`, () => money(lang, js));
}

function money(lang, js) {
  const { scene, demo } = customers(browser, { lang, js });

  scene("a withdrawal is shown, confirmed with a card, and booked with its receipt", "carol", async (carol) => {
    await carol.entersPortal();
    const before = await carol.cash();
    await carol.asksFor(RENT);
    const shown = await carol.page.locator("main").textContent();
    for (const word of [RENT_WRITTEN[lang], RENT.name, RENT.account, RENT.reference]) assert.ok(shown.includes(word), word);
    const card = carol.device();
    await carol.choose(card);
    await carol.confirms(await respond(card, await carol.moneyChallenge(RENT.account)));
    await carol.stands("booked");
    assert.equal(new URL(carol.page.url()).origin, demo().brokerage);
    const receipt = carol.page.locator("details");
    await receipt.locator("summary").click();
    assert.match(await receipt.locator(".jws").textContent(), /^[\w-]+\.[\w-]+\.[\w-]+$/);
    if (js) await inspect(carol.page, lang);
    await carol.page.reload();
    await carol.stands("booked");
    await carol.open("/portal/");
    assert.equal(await carol.cash(), before - 125_050);
  });

  scene("a quarter of a million, by redirect: not for the phone, but for the card; then it is carried out", "alice", async (alice) => {
    await alice.entersPortal();
    const before = await alice.cash();
    await alice.asksFor(HOUSE);
    const chooser = await alice.page.locator("main").textContent();
    assert.ok(chooser.includes(alice.says.limited) && chooser.includes(alice.device("phone").label), chooser);
    const card = alice.device();
    await alice.choose(card);
    await alice.confirms(await respond(card, await alice.moneyChallenge(HOUSE.account)));
    await alice.stands("booked");
    const withdrawal = alice.page.url();
    await alice.page.locator("[data-evidence=receipt]").waitFor();
    await alice.open("/portal/payouts");
    if (js) await inspect(alice.page, lang);
    await alice.payout("confirmed", HOUSE.reference).getByRole("button", { name: alice.says.carryOut, exact: true }).click();
    await alice.payout("settled", HOUSE.reference).waitFor();
    assert.equal(await alice.page.getByRole("button", { name: alice.says.giveUp, exact: true }).count(), 0, "what is carried out is not given up");
    await alice.page.goto(withdrawal);
    await alice.stands("settled");
    await alice.open("/portal/");
    assert.equal(await alice.cash(), before - 25_000_000);
  });

  scene("a quarter of a million, by the back end: no phone is asked, the card confirms on the settings page", "alice", async (alice) => {
    await alice.entersPortal();
    const before = await alice.cash();
    const withdrawal = await alice.asksElsewhere(HOUSE);
    if (js) await inspect(alice.page, lang);
    const wouldDo = await alice.page.locator("[data-devices]").textContent();
    assert.ok(wouldDo.includes(alice.device().label) && !wouldDo.includes(alice.device("phone").label), wouldDo);
    assert.deepEqual(await new Phone(alice.device("phone")).pending(), [], "nothing is sent to a device that is too weak");
    await alice.page.goto(`${demo().url}/settings`);
    await alice.page.getByRole("button", { name: alice.says.review }).click();
    const chooser = await alice.page.locator("main").textContent();
    assert.ok(chooser.includes(alice.says.limited) && chooser.includes(alice.device("phone").label), chooser);
    const card = alice.device();
    await alice.choose(card);
    await alice.confirms(await respond(card, await alice.moneyChallenge(HOUSE.account)));
    await alice.page.getByRole("heading", { level: 1 }).filter({ hasNotText: card.label }).waitFor();
    await alice.page.goto(withdrawal);
    await alice.stands("booked");
    await alice.page.locator("[data-evidence=receipt]").waitFor();
    await alice.open("/portal/");
    assert.equal(await alice.cash(), before - 25_000_000);
    // What it has used up stands there beside the phone, with the reason.
    await alice.open("/portal/withdraw");
    const phone = alice.page.locator(`tr.spent[data-device="${alice.device("phone").label}"]`);
    assert.ok((await phone.textContent()).includes(alice.says.dayLimit), await phone.textContent());
    if (js) await inspect(alice.page, lang);
    // Given up before it is carried out, the money comes back.
    await alice.open("/portal/payouts");
    await alice.payout("confirmed", HOUSE.reference).getByRole("button", { name: alice.says.giveUp, exact: true }).click();
    await alice.page.waitForURL((url) => url.pathname === "/portal/payouts");
    await alice.page.goto(withdrawal);
    await alice.stands("cancelled");
    await alice.open("/portal/");
    assert.equal(await alice.cash(), before);
  });

  scene("what the phone confirms is booked by itself, with the phone's own signature", "boris", async (boris) => {
    await boris.open("/portal/");
    await boris.follow(boris.says.enter);
    await boris.at("/login", demo().url);
    await boris.field(boris.words.username).fill(boris.user.username);
    await boris.field(boris.words.password).fill(boris.user.password);
    await boris.press(boris.words.login);
    const phone = new Phone(boris.device("phone"));
    await pending(phone);
    await phone.does("approve");
    await boris.at("/portal/");
    await boris.asksElsewhere(RENT);
    const code = await boris.page.locator(".code").textContent();
    const asked = await pending(phone);
    assert.deepEqual([asked.operation.amount, asked.operation.message], [RENT.amount, code]);
    await phone.does("approve");
    await boris.stands("booked");
    await boris.page.locator("[data-evidence=signed]").waitFor();
    if (js) await inspect(boris.page, lang);
  });

  scene("a withdrawal that is refused books nothing", "carol", async (carol) => {
    await carol.entersPortal();
    const before = await carol.cash();
    await carol.asksFor(RENT);
    await carol.press({ en: "Deny", ru: "Отклонить" }[lang]);
    await carol.stands("declined");
    if (js) await inspect(carol.page, lang);
    await carol.open("/portal/");
    assert.equal(await carol.cash(), before);
  });

  scene("a withdrawal of more than there is gets no further than the form", "carol", async (carol) => {
    await carol.entersPortal();
    await carol.open("/portal/withdraw");
    await carol.field(carol.says.amount).fill("99999999");
    await carol.field(carol.says.name).fill(RENT.name);
    await carol.field(carol.says.account).fill(RENT.account);
    await carol.field(carol.says.reference).fill(RENT.reference);
    await carol.press(carol.says.withdraw);
    await carol.page.getByRole("alert").waitFor();
    assert.equal(await carol.field(carol.says.name).inputValue(), RENT.name);
  });

  scene("a small card payment is made at once, one that nobody can pay is not", "boris", async (boris) => {
    await boris.swipes("7731", "Corner shop", "42.50");
    await boris.stands("approved");
    await boris.swipes("7731", "Yacht sales", "9999999");
    await boris.stands("declined");
  });

  scene("a large card payment waits for the phone, and the page goes on by itself", "boris", async (boris) => {
    const phone = new Phone(boris.device("phone"));
    await boris.swipes("7731", "Camera store", "1480.50");
    await boris.stands("held");
    const code = await boris.page.locator(".code").textContent();
    if (js) await inspect(boris.page, lang);
    const asked = await pending(phone);
    assert.equal(asked.operation.type, "card_payment");
    assert.equal(asked.operation.merchant, "Camera store");
    assert.equal(asked.operation.amount, "1480.50");
    assert.equal(asked.operation.message, code);
    await phone.does("approve");
    await boris.stands("approved");
    if (js) await inspect(boris.page, lang);
  });

  scene("a large card payment that the phone refuses is not made", "boris", async (boris) => {
    const phone = new Phone(boris.device("phone"));
    await boris.swipes("7731", "Camera store", "1480.50");
    await boris.stands("held");
    await pending(phone);
    await phone.does("deny");
    await boris.stands("declined");
  });

  scene("a large card payment that nobody answers is given up", "boris", async (boris) => {
    await boris.swipes("7731", "Camera store", "1480.50");
    await boris.stands("held");
    await pending(new Phone(boris.device("phone")));
    await demo().advance(301);
    await boris.stands("expired");
  });

  // The last one: the app takes the place of the phone that the others ask.
  scene("one payment is written alike on every page and in the app, and the receipt is of it", "boris", async (boris) => {
    const app = await openApp(demo(), { lang, look: js ? "android" : "ios" });
    const surfaces = new Map();
    let receipt;
    const reads = async (surface) => surfaces.set(surface, await boris.page.locator("main").textContent());
    try {
      await app.activate("boris", PIN);
      await app.finish();
      await boris.open("/portal/");
      await boris.follow(boris.says.enter);
      await boris.at("/login", demo().url);
      await boris.field(boris.words.username).fill(boris.user.username);
      await boris.field(boris.words.password).fill(boris.user.password);
      await boris.press(boris.words.login);
      await app.openRequest();
      await app.approve(PIN);
      await app.finish();
      await boris.at("/portal/");
      await boris.fillsIn(RENT);
      await boris.press(boris.says.withdraw);
      await boris.at("/oauth2/authorize/ask", demo().url);
      await reads("the page that asks");
      await boris.press(boris.words.continue);
      await boris.at("/login", demo().url);
      await reads("the page that waits for the phone");
      await app.openRequest();
      surfaces.set("the app", await app.page.locator(".detail.large dd").first().textContent());
      await app.approve(PIN);
      await app.finish();
      await boris.stands("booked");
      await reads("the brokerage");
      const [, signed] = (await boris.page.locator(".jws").textContent()).split(".");
      receipt = JSON.parse(Buffer.from(signed, "base64url").toString());
      await boris.open("/portal/statements");
      await reads("the statement");
      await boris.page.goto(`${demo().url}/settings`);
      await reads("the activity");
    } finally {
      await app.page.context().close();
      await app.leave();
    }
    assert.equal(surfaces.size, 6);
    for (const [surface, text] of surfaces) assert.ok(text.includes(RENT_WRITTEN[lang]), `${surface}: ${text}`);
    const [{ amount, currency }] = receipt.authorization_details;
    assert.deepEqual([amount, currency], [RENT.amount, "USD"]);
  });
}

/** The one request that awaits a phone, once it is there. */
function pending(phone) {
  return eventually(async () => (await phone.pending())[0], "the request");
}
