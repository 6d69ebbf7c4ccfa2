// The phone app as it is built and served: its policy, its service worker, notifications, no network.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { test } from "node:test";
import { closePage, openPage, ownBrowser, startWholeBrowser } from "../src/browser.mjs";
import { eventually, openCore } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";

const browser = ownBrowser(startWholeBrowser);

/** A test with a demo and the app in a window of its own, its service worker at work. */
function scene(name, play, lang = "en") {
  test(name, async () => {
    const demo = await startDemo();
    const page = await openPage(browser(), { lang, permissions: ["notifications"] });
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

for (const lang of ["en", "ru"]) {
  scene(
    `the first screen (${lang}) takes at most 60 kB`,
    async (page) => {
      await page.evaluate(() => navigator.serviceWorker.getRegistration().then((found) => found?.unregister()));
      await page.reload();
      await page.getByRole("heading").first().waitFor();
      const loaded = await page.evaluate(() =>
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .filter(({ initiatorType }) => initiatorType !== "fetch")
          .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]),
      );
      const words = loaded.map((pair) => pair.join(" ")).join(", ");
      assert.ok(loaded.some(([name, size]) => name.endsWith(".js") && size > 0), words);
      assert.ok(loaded.reduce((sum, [, size]) => sum + size, 0) <= 60_000, words);
    },
    lang,
  );
}

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
  let shown = [];
  // One after the other: what is injected at once does not always reach the worker.
  for (const message of [{ v: 1, kind: "request", device: "d-1", confirmation: "c-1" }, { v: 1, kind: "test", device: "d-1" }, "no JSON"]) {
    const before = shown.length;
    await push(typeof message === "string" ? message : JSON.stringify(message));
    shown = await eventually(async () => {
      const found = await notifications(page);
      return found.length > before && found;
    }, "the notification");
  }
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

scene("a tapped notification shows its request in the window that is open", async (page) => {
  // A tap by hand takes a desktop that shows notifications; the worker's own event is the same otherwise.
  const [worker] = page.context().serviceWorkers();
  await worker.evaluate(async () => {
    await self.registration.showNotification("x", { data: { v: 1, kind: "request", device: "d-1", confirmation: "c-1" } });
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await page.waitForFunction(() => location.hash.includes("c-1"));
  await eventually(async () => (await notifications(page)).length === 0, "the end of the notification");
});

test("a new version waits until the user takes it", async () => {
  const shelf = await serveBuilt();
  const page = await openPage(browser());
  try {
    await page.goto(`${shelf.url}/app/`);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const versions = await page.evaluate(() => caches.keys());
    await page.evaluate(() => {
      globalThis.here = "the old page";
    });
    const core = await page.context().newPage();
    await openCore(core, shelf);
    await core.evaluate(() => globalThis.worker.startWorker({ update: (reload) => (globalThis.taken = reload) }));
    shelf.renew();
    await core.evaluate(async () => (await navigator.serviceWorker.getRegistration("/app/")).update());
    await core.waitForFunction(() => typeof globalThis.taken === "function");
    assert.equal((await page.evaluate(() => caches.keys())).length, 2, "the old one still serves");
    await core.evaluate(() => globalThis.taken());
    await eventually(async () => {
      const keys = await page.evaluate(() => caches.keys());
      return keys.length === 1 && keys[0] !== versions[0];
    }, "the new version's cache");
    assert.equal(await page.evaluate(() => globalThis.here), "the old page", "no other page is reloaded under the user");
  } finally {
    await page.context().close();
    await shelf.stop();
  }
});

const BUILT = path.resolve(import.meta.dirname, "../../dist/phone");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png" };

/** The built app alone, without its server; `renew` makes its worker another version. */
async function serveBuilt() {
  let version = "";
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const name = pathname === "/app/" ? "index.html" : pathname.replace(/^\/app\//, "");
    try {
      const octets = await readFile(path.join(BUILT, path.normalize(`/${name}`)));
      response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream" });
      const renewed = name === "sw.js" && version !== "";
      response.end(renewed ? octets.toString().replace(/"version":"[0-9a-f]{4}/, `"version":"${version}`) : octets);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  return {
    url: `http://localhost:${server.address().port}`,
    renew: () => (version = "feed"),
    stop: () => {
      server.closeAllConnections();
      return new Promise((ended) => server.close(ended));
    },
  };
}

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
