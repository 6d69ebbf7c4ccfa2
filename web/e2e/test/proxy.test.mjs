// Behind a proxy that nobody has told anything: Debian's nginx with `proxy_pass` alone. What stays open must come through.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, ownBrowser } from "../src/browser.mjs";
import { startBehindNginx } from "../src/nginx.mjs";
import { Person } from "../src/person.mjs";
import { Phone } from "../src/phone.mjs";

const browser = ownBrowser();
let scene;
before(async () => {
  scene = await startBehindNginx();
});
after(() => scene?.stop());

test("a browser: the waiting page goes on as soon as the phone has answered", async () => {
  const page = await openPage(browser());
  try {
    const person = new Person(page, scene, scene.username, "en");
    await person.givePassword();
    await person.reads(person.words.choose);
    const phone = person.device("phone");
    await page.locator("#device").selectOption(phone.id);
    await person.press(person.words.continue);
    await person.reads(person.words.approve);
    const number = (await page.locator("#number").textContent()).trim();
    const held = new Phone(phone);
    const [asked] = await held.pending();
    assert.equal(await held.does("approve", "--number", number, asked.id), "confirmed");
    await person.isSignedIn();
  } finally {
    await closePage(page);
  }
});

test("a phone: what is asked of it comes by the stream it holds open", async () => {
  const user = scene.users.get(scene.username);
  const phone = user.devices.find((device) => device.class === "phone");
  const watch = new Phone(phone).watch();
  try {
    const body = new URLSearchParams({
      client_id: "tws",
      username: user.username,
      password: user.password,
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    });
    const begun = await (await fetch(`${scene.url}/oauth2/authorize-challenge`, { method: "POST", body })).json();
    const form = new URLSearchParams({ auth_session: begun.auth_session, device_id: phone.id });
    const step = await (await fetch(`${scene.url}/oauth2/authorize-challenge`, { method: "POST", body: form })).json();
    assert.equal(step.next.step, "approve", JSON.stringify(step));
    const shown = await watch.next();
    assert.equal(shown.operation.client_id, "tws", JSON.stringify(shown));
  } finally {
    await watch.stop();
  }
});
