// Money leaves the sample brokerage only when its customer has confirmed it with a device: withdrawals by the browser's
// way, card payments by the back end's.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { eventually } from "../src/core.mjs";
import { customers } from "../src/customer.mjs";
import { inspect } from "../src/inspect.mjs";
import { Phone } from "../src/phone.mjs";

const RENT = { amount: "1250.50", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 42", reference: "rent <June>" };

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
    for (const word of [{ en: "1,250.50\u00a0USD", ru: "1\u00a0250,50\u00a0USD" }[lang], RENT.name, RENT.account, RENT.reference]) assert.ok(shown.includes(word), word);
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
}

/** The one request that awaits a phone, once it is there. */
function pending(phone) {
  return eventually(async () => (await phone.pending())[0], "the request");
}
