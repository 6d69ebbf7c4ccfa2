// Browser and phone together: the hosted login in a real browser, confirmed by the real software phone.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, describe, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { ProgramLogin } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { Person } from "../src/person.mjs";
import { Phone, client, inFolder } from "../src/phone.mjs";

const browser = ownBrowser();

// alice reads English and picks her phone in the chooser; boris reads Russian and has a phone only. Each story meets both
// languages, and does with JavaScript and without.
for (const [lang, username, js] of [["en", "alice", true], ["ru", "boris", false]]) {
  describe(`${lang}, ${js ? "with" : "without"} JavaScript`, () => confirm(lang, username, js));
}

function confirm(lang, username, js) {
  const demos = new Map();
  after(() => Promise.all([...demos.values()].map(async (demo) => (await demo).stop())));

  /** The one demo with these flags. */
  const demoWith = (flags) => {
    const name = flags.join(" ");
    // Without scripts a waiting page looks again by itself, here sooner than people mind.
    if (!demos.has(name)) demos.set(name, startDemo("--reload-seconds", "1", ...flags));
    return demos.get(name);
  };

  /** A test with a browser window of its own; it fails on anything the pages complain about. */
  const scene = (name, flags, play) => test(name, async () => inWindow(await demoWith(flags), play));

  const inWindow = async (demo, play) => {
    const page = await openPage(browser(), { lang, js });
    try {
      await play(new Person(page, demo, username, lang));
    } finally {
      await closePage(page);
    }
  };

  scene("approved on the phone, the waiting page goes on by itself", [], async (person) => {
    const watch = new Phone(person.device("phone")).watch();
    try {
      const phone = await person.awaitPhone();
      const shown = await watch.next();
      assert.equal(shown.number_required, false, "the demo's own machine is a familiar place");
      assert.match(shown.operation.address, /^(127\.0\.0\.1|::1)$/);
      assert.equal(await person.page.locator("#number").count(), 0);
      assert.equal(await phone.does("approve", shown.id), "confirmed");
      await person.isSignedIn();
      assert.match(await phone.fails("approve", shown.id), /already_answered/);
      assert.match(await phone.fails("deny", shown.id), /already_answered/);
      await person.page.reload();
      await person.reads(person.words.settings);
    } finally {
      await watch.stop();
    }
  });

  scene("refused on the phone", [], async (person) => {
    const phone = await person.awaitPhone();
    assert.equal(await phone.does("deny"), "denied");
    await person.reads(person.words.denied);
    assert.deepEqual(await phone.pending(), []);
    await person.page.getByRole("link", { name: person.words.startAgain }).click();
    await person.field(person.words.password).waitFor();
  });

  scene("an unfamiliar place: the right number", ["--unfamiliar"], async (person) => {
    const phone = await person.awaitPhone();
    const number = await person.field(person.words.number).textContent();
    assert.match(number, /^\d\d$/);
    assert.match(await phone.fails("approve"), /--number/);
    assert.equal(await phone.does("approve", "--number", number), "confirmed");
    await person.isSignedIn();
  });

  scene("an unfamiliar place: a wrong number, then the challenge", ["--unfamiliar"], async (person) => {
    const phone = await person.awaitPhone();
    const number = await person.field(person.words.number).textContent();
    await phone.fails("approve", "--number", number === "42" ? "24" : "42");
    const alert = person.page.getByRole("alert").filter({ hasText: person.words.wrongNumber });
    await alert.waitFor();
    assert.match(await alert.textContent(), new RegExp(person.words.twoLeft));
    await phone.fails("approve", "--number", number);
    await person.answer(await phone.does("respond", await person.challenge()));
    await person.isSignedIn();
  });

  scene("the time runs out while the phone is awaited", [], async (person) => {
    const phone = await person.awaitPhone();
    const [{ id }] = await phone.pending();
    const left = Number(await person.page.locator("[data-clock]").getAttribute("data-left"));
    await person.demo.advance(left + 1);
    await phone.fails("approve", id);
    await person.reads(person.words.expired);
  });

  scene("no notification came: the challenge, in the same attempt", [], async (person) => {
    const phone = await person.awaitPhone();
    const attempt = await person.page.locator("input[name=attempt]").first().inputValue();
    await person.press(person.words.noNotification);
    const challenge = await person.challenge();
    assert.deepEqual(await phone.pending(), [], "the phone is asked nothing any more");
    await person.page.goto(`${person.demo.url}/login?attempt=${attempt}`);
    assert.equal(await person.challenge(), challenge);
    await person.answer(await phone.does("respond", challenge));
    await person.isSignedIn();
  });

  scene("back from the challenge to a notification", [], async (person) => {
    const phone = await person.awaitPhone();
    const [first] = await phone.pending();
    await person.press(person.words.noNotification);
    await person.challenge();
    await person.press(person.words.sendNotification);
    await person.reads(person.words.approve);
    const [second] = await phone.pending();
    assert.equal(await phone.does("approve", second.id), "confirmed");
    await person.isSignedIn();
    assert.match(await phone.fails("approve", first.id), /./);
  });

  scene("two windows at once: both are on the phone, and each answer is for its own", [], async (first) => {
    const phone = await first.awaitPhone();
    const [{ id: older }] = await phone.pending();
    await inWindow(first.demo, async (second) => {
      await second.awaitPhone();
      const { id: newer } = (await phone.pending()).find(({ id }) => id !== older);
      assert.equal(await phone.does("approve", newer), "confirmed");
      await second.isSignedIn();
      assert.equal(new URL(first.page.url()).pathname, "/login", "the first still waits");
      assert.equal(await phone.does("approve", older), "confirmed");
      await first.isSignedIn();
    });
  });

  scene("no room on the phone: the challenge, and a notification later", [], async (person) => {
    const device = person.device("phone");
    const phone = new Phone(device);
    // As many as are asked at once: each from a program that nobody knows again.
    for (let count = 0; count < 5; count += 1) {
      const login = new ProgramLogin(person.demo);
      const { next } = await login.begin(username);
      if (next.step === "choose_device") await login.step({ device_id: device.id });
    }
    const onPhone = async () => (await phone.pending()).map(({ id }) => id);
    const others = await onPhone();
    assert.equal(others.length, 5);
    await person.givePassword();
    if (person.user.devices.length > 1) {
      await person.reads(person.words.choose);
      await person.field(person.words.device).selectOption(device.id);
      await person.press(person.words.continue);
    }
    await person.page.getByRole("alert").filter({ hasText: person.words.requestOpen }).waitFor();
    await person.challenge();
    assert.deepEqual(await onPhone(), others, "what is on the phone stays there");
    await phone.does("deny", others[0]);
    await person.press(person.words.sendNotification);
    await person.reads(person.words.approve);
    const mine = (await onPhone()).find((id) => !others.includes(id));
    assert.equal(await phone.does("approve", mine), "confirmed");
    await person.isSignedIn();
    for (const id of others.slice(1)) await phone.does("deny", id);
  });

  // The last: nobody logs in with this password any more.
  scene("it wasn't me: the password is locked and the owner is told", [], async (person) => {
    const phone = await person.awaitPhone();
    assert.equal(await phone.does("deny", "--not-me"), "denied");
    await person.reads(person.words.denied);
    await person.givePassword();
    assert.match(await person.alert(), new RegExp(person.words.invalid));
    await person.page.goto(`${person.demo.url}/demo/outbox`);
    const told = person.page.locator(".mail li").filter({ hasText: person.words.reported });
    assert.match(await told.first().textContent(), new RegExp(`${username}@example\\.com|\\+12025550142`));
  });
}

test("a phone activated in a terminal with the code from the outbox logs its owner in", async () => {
  const demo = await startDemo();
  const page = await openPage(browser());
  try {
    await inFolder(async (folder) => {
      const boris = new Person(page, demo, "boris", "en");
      const [password, pin, state] = ["password", "pin", "phone.json"].map((name) => path.join(folder, name));
      await writeFile(password, boris.user.password);
      await writeFile(pin, "403917");
      // Words only: a token inside a tag may look like a code.
      const words = `curl -fsS ${demo.url}/demo/outbox | tr '\\n' ' ' | sed 's/<[^>]*>/ /g'`;
      const code = `${words} | grep -owE '[A-Z2-9]{4}-[A-Z2-9]{4}' | head -n 1`;
      const files = ["--password-file", password, "--pin-file", pin, "--state", state];
      const user = ["--server", demo.url, "--username", "boris", "--json"];
      const activated = await client("phone", "activate", ...user, ...files, "--code-command", code);
      assert.equal(activated.code, 0, activated.err);
      const { label, state: now } = JSON.parse(activated.out);
      assert.equal(now, "active");
      const phone = new Phone({ state_file: state, pin: "403917" });
      await boris.givePassword();
      await boris.reads(boris.words.approve);
      assert.match(await page.locator("main").textContent(), new RegExp(label));
      await phone.does("approve");
      await boris.isSignedIn();
      await page.goto(`${demo.url}/settings`);
      await page.getByText(`${label} activated`).or(page.getByText(label)).first().waitFor();
    });
  } finally {
    await closePage(page);
    await demo.stop();
  }
});
