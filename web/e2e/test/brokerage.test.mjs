// The sample brokerage in a real browser: one login for both parts, a fresh one for a sensitive page, one logout.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { ownBrowser } from "../src/browser.mjs";
import { eventually } from "../src/core.mjs";
import { customers } from "../src/customer.mjs";
import { inspect } from "../src/inspect.mjs";

/** A login for a sensitive page is not older than this, in seconds. */
const RECENT = 300;

const browser = ownBrowser();

// Each story meets both languages, and does with JavaScript and without.
for (const [lang, js] of [["en", true], ["ru", false]]) {
  describe(`brokerage, ${lang}, ${js ? "with" : "without"} JavaScript`, () => brokerage(lang, js));
}

// How a page looks depends on its words.
for (const lang of ["en", "ru"]) {
  describe(`brokerage, ${lang}`, () => readable(lang));
}

function brokerage(lang, js) {
  const { scene, demo } = customers(browser, { lang, js });

  scene("one login opens both parts", "alice", async (alice) => {
    await alice.entersPortal();
    await alice.entersTrader();
    assert.deepEqual(new Set(await cookies(alice)), new Set(["brokerage_browser", "brokerage_portal", "brokerage_trader"]));
  });

  scene("the sensitive page asks again when the login is older than five minutes", "carol", async (carol) => {
    await carol.entersPortal();
    await carol.follow(carol.says.statements);
    await carol.at("/portal/statements");
    await carol.reads(carol.says.statements);
    await demo().advance(RECENT + 1);
    await carol.page.reload();
    await carol.confirmsWhoItIs();
    await carol.at("/portal/statements");
    await carol.reads(carol.says.statements);
    await carol.page.reload();
    await carol.reads(carol.says.statements);
  });

  scene("orders: one rests and is taken back, one is filled", "alice", async (alice) => {
    await alice.entersPortal();
    await alice.entersTrader();
    const { page, says } = alice;
    const cash = () => page.locator("[data-cash]").getAttribute("data-cash");
    const before = await cash();
    await alice.field(says.shares).fill("10");
    await alice.field(says.limit).fill("1.00");
    await alice.press(says.send);
    const number = new URL(page.url()).searchParams.get("order");
    const order = page.locator(`[data-order="${number}"]`);
    await order.getByText(says.open, { exact: true }).waitFor();
    assert.equal(await cash(), before);
    await order.getByRole("button", { name: `${says.cancel} ${number}` }).click();
    await order.getByText(says.cancelled, { exact: true }).waitFor();
    await alice.field(says.shares).fill("7");
    await alice.field(says.kind).selectOption({ label: says.market });
    await alice.press(says.send);
    await page.getByRole("status").filter({ hasText: says.filled }).waitFor();
    assert.ok(Number(await cash()) < Number(before), "the shares were paid");
  });

  scene("an order that the account cannot pay", "dave", async (dave) => {
    await dave.open("/trader/");
    await dave.follow(dave.says.enter);
    await dave.at("/login", demo().url);
    await dave.field(dave.words.username).fill(dave.user.username);
    await dave.field(dave.words.password).fill(dave.user.password);
    await dave.press(dave.words.login);
    await dave.givePasscode(dave.user.devices[0]);
    await dave.at("/trader/");
    await dave.field(dave.says.shares).fill("100000");
    await dave.field(dave.says.limit).fill("200");
    await dave.press(dave.says.send);
    await dave.page.getByRole("alert").waitFor();
  });

  scene("a logout ends both parts", "alice", async (alice) => {
    await alice.entersPortal();
    await alice.entersTrader();
    await alice.open("/portal/");
    await alice.press(alice.says.leave);
    await alice.at("/portal/bye");
    await alice.reads(alice.says.bye);
    await alice.open("/portal/");
    await alice.page.getByRole("link", { name: alice.says.enter, exact: true }).waitFor();
    // The issuer tells the trader by the back channel, on its own time.
    await eventually(async () => {
      await alice.open("/trader/");
      return (await alice.page.getByRole("link", { name: alice.says.enter, exact: true }).count()) === 1;
    }, "the end of the trader's session");
    await alice.follow(alice.says.enter);
    await alice.at("/login", demo().url);
  });
}

function readable(lang) {
  const { scene } = customers(browser, { lang, js: true });

  scene("every page can be read by everyone", "alice", async (alice) => {
    const { page } = alice;
    for (const path of ["/", "/portal/", "/trader/", "/cards/", "/nothing"]) {
      await alice.open(path);
      await inspect(page, lang);
    }
    await alice.entersPortal();
    await inspect(page, lang);
    for (const path of ["/portal/statements", "/portal/withdraw"]) {
      await alice.open(path);
      await inspect(page, lang);
    }
    await alice.entersTrader();
    await inspect(page, lang);
  });
}

async function cookies(customer) {
  const all = await customer.page.context().cookies();
  const ours = all.filter((cookie) => cookie.name.startsWith("brokerage_"));
  for (const cookie of ours) {
    assert.ok(cookie.httpOnly, cookie.name);
    assert.equal(cookie.sameSite, "Lax", cookie.name);
  }
  return ours.map((cookie) => cookie.name);
}
