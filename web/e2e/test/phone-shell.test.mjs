// The phone app as it is built and served: its policy, its service worker, notifications, no network.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { eventually, openCore } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** A test with a demo and the app in a window of its own, its service worker at work. */
function scene(name, play) {
  test(name, async () => {
    const demo = await startDemo();
    const page = await openPage(browser, { permissions: ["notifications"] });
    try {
      await page.goto(`${demo.url}/app/`);
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await play(page, demo);
      await closePage(page);
    } finally {
      await page.context().close();
      await demo.stop();
    }
  });
}

scene("it opens without a network once it was open, and keeps nothing but its own files", async (page, demo) => {
  await page.evaluate(async () => {
    for (const path of ["/app/config.json", "/app/session", "/oauth2/jwks"]) await fetch(path);
  });
  const kept = await page.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    }
    return found;
  });
  assert.ok(kept.includes("/app/") && kept.some((path) => /^\/app\/assets\/.*\.js$/.test(path)), kept.join(" "));
  for (const path of kept) assert.match(path, /^\/app\/($|assets\/|icons\/|manifest\.(en|ru)\.webmanifest$)/);
  await demo.stop();
  const reloaded = await page.reload();
  assert.equal(reloaded.status(), 200);
  assert.equal(reloaded.fromServiceWorker(), true);
  const policy = await reloaded.headerValue("content-security-policy");
  assert.match(policy, /require-trusted-types-for 'script'/, "the policy is kept with the page");
  assert.equal(await page.locator("#app").count(), 1);
  await page.goto(`${demo.url}/app/#request=d.c`);
  assert.equal(await page.locator("#app").count(), 1);
  // Without a server the app's own questions fail, and Chromium says so.
  page.complaints = page.complaints.filter((text) => !/ERR_CONNECTION_REFUSED/.test(text));
});

scene("a push shows the words of the user's language, and no more than the ids came", async (page, demo) => {
  const { push } = await pusher(page, demo);
  const words = {
    lang: "ru",
    request: { title: "Вас ждёт запрос", body: "Нажмите." },
    test: { title: "Проверка", body: "Доходит." },
    open: "Открыть",
  };
  const core = await page.context().newPage();
  await openCore(core, demo);
  await core.evaluate((held) => globalThis.worker.teach(held), words);
  await core.close();
  await push(JSON.stringify({ v: 1, kind: "request", device: "d-1", confirmation: "c-1" }));
  await push(JSON.stringify({ v: 1, kind: "test", device: "d-1" }));
  await push("no JSON");
  const shown = await eventually(async () => {
    const found = await notifications(page);
    return found.length === 3 && found;
  }, "the notifications");
  const of = (tag) => shown.find((one) => one.tag === tag);
  const { title, body, lang, data } = of("c-1");
  assert.deepEqual([title, body, lang], [words.request.title, words.request.body, "ru"]);
  assert.deepEqual(data, { v: 1, kind: "request", device: "d-1", confirmation: "c-1" });
  assert.deepEqual([of("test").title, of("test").body], [words.test.title, words.test.body]);
  assert.equal(of("message").title, words.request.title, "what cannot be read is shown all the same");
});

scene("a browser would install it", async (page) => {
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A window off the record is never installed; nothing else may be wrong.
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
});

/** Delivers push messages into the app's service worker. */
async function pusher(page, demo) {
  const devtools = await page.context().newCDPSession(page);
  const registrations = new Map();
  devtools.on("ServiceWorker.workerRegistrationUpdated", (event) => {
    for (const one of event.registrations) registrations.set(one.registrationId, one);
  });
  await devtools.send("ServiceWorker.enable");
  const { registrationId } = await eventually(
    () => [...registrations.values()].find((one) => !one.isDeleted && one.scopeURL === `${demo.url}/app/`),
    "the registration",
  );
  const push = (data) => devtools.send("ServiceWorker.deliverPushMessage", { origin: demo.url, registrationId, data });
  return { push };
}

const notifications = (page) =>
  page.evaluate(async () =>
    (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag, lang, data }) => ({
      title, body, tag, lang, data,
    })),
  );
