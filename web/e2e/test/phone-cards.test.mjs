// Debit cards on the phone app, against the brokerage's own card processor.

import assert from "node:assert/strict";
import { ownBrowser } from "../src/browser.mjs";
import { PIN, activated, ask, scenes } from "../src/core.mjs";

const browser = ownBrowser();
const scene = scenes(browser);

scene("a large purchase is let through for a quarter of an hour, and a lost card is blocked", async (page, demo) => {
  const account = await activated(page, demo);
  assert.equal((await ask(page, "config")).cards, true);
  const [card] = await ask(page, "cards", account);
  assert.deepEqual([card.state, card.last_four], ["active", "7731"], JSON.stringify(card));
  const small = await ask(page, "preauthorise", account, card.id, "50");
  assert.deepEqual(small, { error: "card-refused", detail: { reason: "not_needed" } });
  const cents = await ask(page, "preauthorise", account, card.id, "150.50");
  assert.deepEqual(cents, { error: "card-refused", detail: { reason: "not_whole" } });

  const shown = await ask(page, "preauthorise", account, card.id, "150");
  const { type, amount, card_id: of, minutes } = shown.operation ?? {};
  assert.deepEqual([type, amount, of, minutes], ["card_preauthorisation", "150", card.id, 15], JSON.stringify(shown));
  assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } }), "confirmed");
  const done = await ask(page, "finish", account, shown.id);
  assert.equal(done.type, "card_preauthorisation", JSON.stringify(done));
  const again = await ask(page, "finish", account, shown.id);
  assert.deepEqual(again, done, "once, however often it is asked");
  const [held] = await ask(page, "cards", account);
  assert.equal(held.preauthorisation?.expires_at, done.expires_at, JSON.stringify(held));
  assert.equal(Number(held.preauthorisation.amount), 150);

  const unknown = await ask(page, "authorise", account, card.id, "no-such-payment");
  assert.equal(unknown.error, "card-refused", JSON.stringify(unknown));
  assert.equal(await ask(page, "block", account, card.id), undefined);
  const [blocked] = await ask(page, "cards", account);
  assert.equal(blocked.state, "blocked");
  const late = await ask(page, "preauthorise", account, card.id, "200");
  assert.deepEqual(late, { error: "card-refused", detail: { reason: "not_active" } });
});
