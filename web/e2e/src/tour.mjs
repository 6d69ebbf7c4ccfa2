// A walk past every page in every state that a person can bring it to. Tests and screenshots look at each stop.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { lookUp } from "./card.mjs";
import { Person, wrong } from "./person.mjs";
import { client, inFolder } from "./phone.mjs";

const HELP = ["at-a-glance", "app-screens", "offline", "activating-ios", "activating-android", "not-me", "login", "password", "contacts", "several-devices", "mobile-app", "starting-points", "migrating", "moving", "reactivating-ios", "reactivating-android", "clearing-data", "dsc-plus", "security-code-card", "dsc", "gold", "platinum", "codes-by-sms", "passkeys", "ordering", "starting", "replacement", "temporary-access", "withdrawal-limits", "my-limits"];

/**
 * Walks `page` through the pages of `demo` in `lang`, and waits for `stop(name)` at each. The order matters: a page is
 * shown before what changes it.
 */
export async function tour(page, demo, lang, stop) {
  const open = async (name, path) => {
    await page.goto(demo.url + path);
    await stop(name);
  };
  await open("home", "/");
  await open("help", "/help/");
  await open("help-found", "/help/?q=PIN");
  await open("help-nothing-found", "/help/?q=xyzzy");
  for (const name of HELP) await open(`help-${name}`, `/help/${name}`);
  await open("forgot", "/forgot");
  await open("forgot-sent", "/forgot/sent");
  await open("new-password-over", "/forgot/x");
  await open("contact-undo-over", "/contact/undo/x");
  await open("contact-undone", "/contact/undone");
  await open("login-passkey", "/login/passkey");
  await open("demo", "/demo/");
  for (const story of ["card", "phone", "money"]) await open(`demo-beside-${story}`, `/demo/beside?story=${story}`);
  await open("error-not-found", "/nothing/here");
  await open("problem", "/problems/throttled");
  await loginPages(page, demo, lang, stop);
  await phonePages(page, demo, lang, stop);
  await devicePages(page, demo, lang, stop);
  await invitation(page, demo, lang, stop);
  await cardReader(page, demo, stop);
  await open("demo-outbox", "/demo/outbox");
}

async function loginPages(page, demo, lang, stop) {
  const alice = new Person(page, demo, "alice", lang);
  await page.goto(`${demo.url}/login`);
  await stop("login");
  await alice.givePassword("not hers");
  await page.getByRole("alert").waitFor();
  await stop("login-invalid-credentials");
  await alice.givePassword();
  await alice.reads(alice.words.choose);
  await stop("chooser");
  const device = alice.device();
  await alice.choose(device);
  await stop("respond");
  await alice.answer(wrong(await alice.response(device)));
  await page.getByRole("alert").waitFor();
  await stop("respond-wrong");
  await page.locator("a[href^='/login/resync']").click();
  await stop("login-resync");
  await page.locator("a[href^='/login?attempt=']").first().click();
  await page.getByRole("alert").waitFor();
  await alice.answer(await alice.response(device));
  await alice.isSignedIn();
  await stop("settings");
  await page.goto(`${demo.url}/settings/password?said=common`);
  await stop("settings-password");
  await page.goto(`${demo.url}/settings/contacts`);
  await stop("settings-contacts");
  await page.goto(`${demo.url}/settings/contacts/code?id=${crypto.randomUUID()}`);
  await stop("settings-contact-code-over");
  await page.goto(`${demo.url}/settings`);
  await page.locator("a[href^='/settings/devices?id=']").first().click();
  await stop("settings-device");
  await page.locator("a[href^='/settings/devices/resync']").click();
  await stop("settings-device-resync");
  await page.goto(`${demo.url}/settings/devices/pin?id=${device.id}`);
  await stop("settings-device-pin");
  await page.goto(`${demo.url}/settings/devices/order`);
  await stop("settings-device-order");
  await page.goto(`${demo.url}/settings/recovery`);
  await stop("settings-recovery");
  await page.goto(`${demo.url}/settings/passkeys`);
  await stop("settings-passkeys");
  await page.goto(`${demo.url}/settings/ready`);
  await stop("settings-ready");
  await page.goto(`${demo.url}/settings/limits`);
  await stop("settings-limits");
  await page.goto(`${demo.url}/settings/activity`);
  await stop("settings-activity");
  await page.locator("a[href^='/settings/activity/report']").first().click();
  await stop("settings-activity-report");
  await page.goto(`${demo.url}/settings/activity?entries=all`);
  await stop("settings-entries");
  await page.goto(demo.url);
  await stop("home-signed-in");
  await page.goto(`${demo.url}/settings`);
  await alice.press(alice.words.logout);
  await page.getByText(alice.words.loggedOut).waitFor();
  await stop("login-logged-out");
}

/** alice's last login made this browser a known one: her next attempt takes the phone from the one before. */
async function phonePages(page, demo, lang, stop) {
  const alice = new Person(page, demo, "alice", lang);
  const phone = await alice.awaitPhone();
  await stop("approve");
  const older = await page.locator("input[name=attempt]").first().inputValue();
  await alice.awaitPhone();
  await page.goto(`${demo.url}/login?attempt=${older}`);
  await page.getByRole("alert").waitFor();
  await stop("respond-superseded");
  await phone.does("deny");
  await alice.awaitPhone();
  await alice.press(alice.words.noNotification);
  await alice.challenge();
  await stop("respond-mobile-app");
  await alice.press(alice.words.sendNotification);
  await alice.reads(alice.words.approve);
  await phone.does("deny");
  await alice.reads(alice.words.denied);
  await stop("ended-denied");
  await alice.awaitPhone();
  await alice.press(alice.words.scan);
  await page.locator("svg.qr").waitFor();
  await stop("scan");
}

/** The pages of a demo that is started with `--unfamiliar`: the number, and what follows a wrong one. */
export async function unfamiliarTour(page, demo, lang, stop) {
  const boris = new Person(page, demo, "boris", lang);
  const phone = await boris.awaitPhone();
  await stop("approve-number");
  const number = await boris.field(boris.words.number).textContent();
  await phone.fails("approve", "--number", number === "42" ? "24" : "42");
  await page.getByRole("alert").waitFor();
  await stop("respond-wrong-number");
}

async function devicePages(page, demo, lang, stop) {
  const dave = new Person(page, demo, "dave", lang);
  await dave.givePassword();
  await dave.reads(dave.user.devices[0].label);
  await stop("passcode");
  const carol = new Person(page, demo, "carol", lang);
  const card = await carol.reach("security-code-card");
  await stop("code-card");
  // The same wrong values sent again would count once.
  for (const [places, end] of [[[1, 2], false], [[3, 4], false], [[5, 6], true]]) {
    const answered = page.waitForEvent("load");
    await carol.type(carol.words.cardValues, wrong(await lookUp(card, places)));
    // The alert of the time before stands there until then.
    await answered;
    await (end ? carol.reads(carol.words.tooMany) : page.getByRole("alert").waitFor());
  }
  await stop("ended-too-many");
  const alice = new Person(page, demo, "alice", lang);
  await alice.reach();
  const left = Number(await page.locator("[data-clock]").getAttribute("data-left"));
  await demo.advance(left + 1);
  await alice.answer("12345678");
  await alice.reads(alice.words.expired);
  await stop("ended-expired");
}

/** dave invites a phone, and then another that does not come. */
async function invitation(page, demo, lang, stop) {
  const dave = new Person(page, demo, "dave", lang);
  await dave.givePassword();
  await dave.reads(dave.user.devices[0].label);
  await dave.givePasscode(dave.user.devices[0]);
  await dave.isSignedIn();
  await page.goto(`${demo.url}/settings/phone`);
  await stop("settings-phone");
  await dave.press(dave.words.showCode);
  const id = page.locator("#session-id");
  await id.waitFor();
  await stop("settings-phone-open");
  await activated(demo, "dave", (await id.textContent()).trim());
  await page.getByText(dave.words.phoneActive).waitFor();
  await stop("settings-phone-active");
  await dave.press(dave.words.showAnotherCode);
  await id.waitFor();
  // The page reloads itself when its code is over, and would run into our own way back to it: so away from it first.
  await page.goto("about:blank");
  await demo.advance(601);
  await page.goto(`${demo.url}/settings/phone`);
  await page.getByText(dave.words.codeOver).waitFor();
  await stop("settings-phone-over");
  await demo.advance(601);
  await dave.press(dave.words.showAnotherCode);
  await page.getByRole("alert").waitFor();
  await stop("settings-phone-stale");
}

/** A phone of `username` is activated with the id that a page shows. */
function activated(demo, username, id) {
  return inFolder(async (folder) => {
    const pin = path.join(folder, "pin");
    await writeFile(pin, "403917\n", { mode: 0o600 });
    const on = ["--state", path.join(folder, "phone.json"), "--server", demo.url];
    const { code, err } = await client("phone", "activate", ...on, "--username", username, "--session-id", id, "--pin-file", pin);
    assert.equal(code, 0, err);
  });
}

async function cardReader(page, demo, stop) {
  const owned = (username, kind) => demo.users.get(username).devices.find((device) => device.class === kind);
  const card = owned("alice", "dsc-plus");
  await page.goto(`${demo.url}/demo/card-reader?device=${card.id}`);
  await stop("card-reader-off");
  await respondByHand(page, card.pin, "413027");
  await stop("card-reader-on");
  const printed = owned("carol", "security-code-card");
  await page.goto(`${demo.url}/demo/card-reader?device=${printed.id}`);
  await stop("card-reader-code-card");
  const gold = owned("dave", "gold");
  await page.goto(`${demo.url}/demo/card-reader?device=${gold.id}`);
  await stop("card-reader-gold");
}

/** Presses the keys of the virtual card as a finger would; what it then shows. */
export async function respondByHand(page, pin, challenge) {
  const card = page.locator("[data-card]");
  const key = (name) => card.locator(`[data-key="${name}"]`);
  const prompt = (words) => card.locator("[data-lcd-prompt]").filter({ hasText: words }).waitFor();
  await key("press").hover();
  await page.mouse.down();
  await prompt("PIN>");
  await page.mouse.up();
  for (const name of [...pin, "OK"]) await key(name).click();
  await prompt("CHALLNG>");
  for (const name of [...challenge, "OK"]) await key(name).click();
  const shown = card.locator("[data-lcd]").filter({ hasText: /^\d{8}$/ });
  await shown.waitFor();
  return shown.textContent();
}
