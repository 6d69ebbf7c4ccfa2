// Every way of activating the phone app, and codes that are scanned, in a real browser with the real server.

import assert from "node:assert/strict";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { PIN, activated, again, ask, asked, scannedPicture, scenes } from "../src/core.mjs";
import { Person } from "../src/person.mjs";

const browser = ownBrowser();
const scene = scenes(browser);

/** What a picture of a page's code says, as the app reads it. */
async function scanned(page, demo, picture) {
  return scannedPicture(page, await picture.screenshot(), demo.url);
}

/** carol, signed in with her card on another screen, at the page that invites a phone; `use` gets that page. */
async function invited(demo, use) {
  const laptop = await openPage(browser());
  try {
    const carol = new Person(laptop, demo, "carol", "en");
    await carol.logIn();
    await laptop.goto(`${demo.url}/settings/phone`);
    await laptop.locator("form[action='/settings/phone'] button").click();
    await laptop.locator("#session-id").waitFor();
    await use(laptop);
  } finally {
    await closePage(laptop);
  }
}

scene("with the user's other device in place of a code, beside another username", async (page, demo) => {
  const boris = await activated(page, demo);
  const { password, devices } = demo.users.get("carol");
  let at = await ask(page, "begin", { by: "password", username: "carol", password });
  assert.equal(at.proof?.kind, "device", JSON.stringify(at));
  const early = await ask(page, "complete", { presence: { pin: PIN }, look: "android" });
  assert.equal(early.error, "not-awaited", JSON.stringify(early));
  const card = devices.find((device) => device.class === "dsc-plus");
  if (at.proof.next.step === "choose_device") at = await ask(page, "confirm", { device_id: card.id });
  assert.equal(at.proof?.next?.step, "respond", JSON.stringify(at));
  assert.match(at.proof.next.challenge, /^[67]/, "a challenge for a change of devices");
  at = await ask(page, "confirm", { response: "00000000" });
  assert.deepEqual(at.proof?.failure, { reason: "wrong_response", attemptsLeft: 2 }, JSON.stringify(at));
  await again(page, demo);
  assert.deepEqual(await ask(page, "resumed"), at);
  const { challenge } = at.proof.next;
  at = await ask(page, "confirm", { response: await respond(card, challenge) });
  assert.deepEqual(at.proof, { kind: "done" }, JSON.stringify(at));
  const done = await ask(page, "complete", { presence: { pin: PIN }, look: "android" });
  assert.equal(done.account?.username, "carol", JSON.stringify(done));
  assert.deepEqual((await ask(page, "accounts")).map(({ username }) => username), ["boris", "carol"]);
  const { login, shown } = await asked(page, demo, done.account);
  assert.deepEqual((await ask(page, "pending", boris)).pending, [], "each sees its own");
  assert.equal(await ask(page, "decide", done.account, shown, "approve", { presence: { pin: PIN } }), "confirmed");
  assert.ok((await login.step({})).authorization_code);
});

scene("with the code that a signed-in page shows, once", async (page, demo) => {
  await invited(demo, async (laptop) => {
    const link = await scanned(page, demo, laptop.locator("svg.qr"));
    assert.equal(link?.kind, "activate", JSON.stringify(link));
    const begun = await ask(page, "begin", { by: "scan", session: link.session });
    assert.deepEqual([begun.username, begun.proof], ["carol", { kind: "done" }], JSON.stringify(begun));
    const done = await ask(page, "complete", { presence: { pin: PIN }, look: "android" });
    assert.equal(done.account?.username, "carol", JSON.stringify(done));
    const twice = await ask(page, "begin", { by: "scan", session: link.session });
    assert.equal(twice.error, "unknown-invitation", JSON.stringify(twice));
    assert.deepEqual((await ask(page, "pending", done.account)).pending, []);
  });
});

scene("with the id that a signed-in page shows, typed", async (page, demo) => {
  await invited(demo, async (laptop) => {
    const sessionId = await laptop.locator("#session-id").textContent();
    const wrong = await ask(page, "begin", { by: "session", username: "carol", sessionId: "AAAAAAAAAA" });
    assert.equal(wrong.error, "unknown-invitation", JSON.stringify(wrong));
    const other = await ask(page, "begin", { by: "session", username: "boris", sessionId });
    assert.equal(other.error, "unknown-invitation", "it is carol's");
    const typed = ` ${sessionId.trim().toLowerCase()}`;
    const begun = await ask(page, "begin", { by: "session", username: "carol", sessionId: typed });
    assert.deepEqual(begun.proof, { kind: "done" }, JSON.stringify(begun));
    const done = await ask(page, "complete", { presence: { pin: PIN }, look: "android" });
    assert.equal(done.account?.username, "carol", JSON.stringify(done));
  });
});

scene("a login whose code is scanned", async (page, demo) => {
  const account = await activated(page, demo);
  const { login } = await asked(page, demo, account);
  const { next } = await login.step({ method: "qr" });
  assert.equal(next.step, "qr", JSON.stringify(next));
  const link = await page.evaluate(
    async ([text, issuer]) => (await import("/app/core-test/link.js")).readCode(text, issuer),
    [next.payload, demo.url],
  );
  assert.equal(link.kind, "login", next.payload);
  const shown = await ask(page, "one", account, link.confirmation);
  assert.equal(shown.qrRequired, true, JSON.stringify(shown));
  const decided = await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN }, number: link.token });
  assert.equal(decided, "confirmed", JSON.stringify(decided));
  assert.ok((await login.step({})).authorization_code);
});

scene("a second phone key takes the first one's place", async (page, demo) => {
  const first = await activated(page, demo);
  await demo.advance(60);
  const second = await activated(page, demo);
  assert.notEqual(second.device, first.device);
  assert.deepEqual(await ask(page, "accounts"), [second], "one phone key for each username");
  const gone = await ask(page, "pending", first);
  assert.equal(gone.error, "storage", JSON.stringify(gone));
});
