// Web Push from end to end: the app's core subscribes in a real Firefox, our server encrypts and sends through a push
// service on this machine, the app's service worker shows it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PIN, ProgramLogin, ask, codeOf, eventually, servedCore } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { startFirefox } from "../src/firefox.mjs";
import { DELIVERED, startPushService } from "../src/push-service.mjs";

const WORDS = {
  lang: "en",
  request: { title: "New request", body: "Tap to see it." },
  test: { title: "Test notification", body: "It came." },
  open: "Open",
};

test("a test push, a login's push, a subscription that is gone, and the end", async () => {
  const [service, demo] = [await startPushService(), await startDemo()];
  const firefox = await startFirefox(service);
  try {
    const page = await opened(firefox, demo);
    const account = await activated(page, demo);
    await page.evaluate((words) => globalThis.worker.teach(words), WORDS);
    assert.equal(await ask(page, "pushState", account), "off");
    await switchedOn(page, account);
    assert.equal(await ask(page, "pushState", account), "on");

    assert.equal(await ask(page, "pushTest", account), undefined);
    const first = await notification(page, "test");
    assert.deepEqual([first.title, first.body], [WORDS.test.title, WORDS.test.body]);
    const login = new ProgramLogin(demo);
    const { next } = await login.begin("boris");
    assert.equal(next.step, "approve");
    const { pending: [shown] } = await ask(page, "pending", account);
    const second = await notification(page, shown.id);
    assert.equal(second.title, WORDS.request.title);
    assert.deepEqual(second.data, { v: 1, kind: "request", device: account.device, confirmation: shown.id });
    assert.deepEqual(service.acknowledged.map(({ code }) => code), [DELIVERED, DELIVERED], "the browser decrypted both");
    for (const { encoding, authorization, urgency, ttl } of service.posts) {
      assert.equal(encoding, "aes128gcm");
      assert.match(authorization, /^vapid t=[\w.-]+, ?k=[\w-]+$/);
      assert.equal(urgency, "high");
      assert.ok(Number(ttl) > 0 && Number(ttl) <= 300, ttl);
    }
    assert.equal(await ask(page, "decide", account, shown, "approve", { presence: { pin: PIN } }), "confirmed");

    await ask(page, "pushOff", account);
    assert.equal(await ask(page, "pushState", account), "off");
    assert.equal(await subscribed(page), false, "nobody is left whom the browser's subscription is for");
    const quiet = new ProgramLogin(demo);
    assert.equal((await quiet.begin("boris")).next.step, "approve");
    assert.equal(await ask(page, "pushOff", account), undefined, "off is off");
    await switchedOn(page, account);
    await ask(page, "pushTest", account);
    // Pushes go out in the order they were asked for: one for that login would have come first.
    await eventually(() => service.posts.length > 2, "the test push");
    assert.equal(service.posts.length, 3, "the login woke nobody");

    service.forget();
    await ask(page, "pushTest", account);
    await eventually(async () => (await ask(page, "pushState", account)) === "off", "the end of the subscription");
    await switchedOn(page, account);
    await ask(page, "remove", account);
    assert.equal(await subscribed(page), false, "with the last username the browser's subscription goes");
  } finally {
    await firefox.close();
    await demo.stop();
    await service.stop();
  }
});

/** The core's page, in a window of its own, with the app's service worker at work. */
async function opened(firefox, demo) {
  const page = await firefox.newPage();
  await page.setRequestInterception(true);
  page.on("request", async (request) => {
    const found = await servedCore(demo, request.url());
    if (!found) return request.continue();
    return request.respond({ status: 200, contentType: found.contentType, headers: found.headers ?? {}, body: found.body });
  });
  await page.goto(`${demo.url}/app/core-test/`);
  await page.waitForFunction(() => globalThis.ready === true);
  await page.evaluate(() => globalThis.worker.startWorker({}));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  return page;
}

async function activated(page, demo) {
  const { password } = demo.users.get("boris");
  const begun = await ask(page, "begin", { by: "password", username: "boris", password });
  assert.equal(begun.proof?.kind, "code", JSON.stringify(begun));
  const done = await ask(page, "complete", { code: await codeOf(demo), presence: { pin: PIN }, look: "android" });
  assert.equal(done.account?.username, "boris", JSON.stringify(done));
  return done.account;
}

/** Whether the browser has a subscription. */
const subscribed = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/app/");
    return (await registration.pushManager.getSubscription()) !== null;
  });

/** Asks for pushes as the app does: in a tap. */
async function switchedOn(page, account) {
  await page.evaluate((of) => {
    const button = document.body.appendChild(document.createElement("button"));
    button.id = "switch-on";
    button.textContent = "on";
    button.addEventListener("click", () => {
      button.remove();
      globalThis.switched = globalThis.core.pushOn(of).then(() => "on", (error) => error.slug ?? String(error));
    });
  }, account);
  await page.click("#switch-on");
  assert.equal(await page.evaluate(() => globalThis.switched), "on");
}

function notification(page, tag) {
  return eventually(
    () =>
      page.evaluate(async (wanted) => {
        const registration = await navigator.serviceWorker.getRegistration("/app/");
        const found = (await registration.getNotifications()).find((one) => one.tag === wanted);
        return found && { title: found.title, body: found.body, data: found.data };
      }, tag),
    `the notification ${tag}`,
  );
}
