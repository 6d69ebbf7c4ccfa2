// A tap on a notification: a login makes our server push to a real Firefox, whose desktop shows what the app's service
// worker says; tapped there, the app opens on that very request.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PIN, ProgramLogin, eventually } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { openFirefoxApp, openedApp } from "../src/firefox-app.mjs";
import { startFirefox } from "../src/firefox.mjs";
import { startNotificationDaemon } from "../src/notification-daemon.mjs";
import { startPushService } from "../src/push-service.mjs";

const USERNAME = "boris";

/** A test with a demo, a desktop and a Firefox whose user reads `lang`, in which the app is active and may notify. */
function scene(name, lang, play) {
  test(name, async () => {
    const [service, desktop, demo] = await Promise.all([startPushService(), startNotificationDaemon(), startDemo()]);
    const firefox = await startFirefox(service, { desktop, lang });
    try {
      const app = await openFirefoxApp(firefox, demo, lang);
      await app.activate(USERNAME, PIN);
      const device = await app.switchOn(USERNAME);
      await play({ firefox, demo, desktop, app, device });
    } finally {
      await firefox.close();
      await demo.stop();
      await desktop.stop();
      await service.stop();
    }
  });
}

scene("the app is closed: a tap opens it on the request, which is approved", "ru", async (phone) => {
  const { firefox, demo, desktop, device } = phone;
  await phone.app.page.close();
  const login = await begun(phone);
  const shown = await desktop.next();
  saysNoMoreThanNeeded(shown, phone);
  assert.deepEqual(await firefox.pages().then(appsOf(demo)), [], "the message alone opens nothing");
  desktop.tap(shown);
  const app = await openedApp(firefox, demo, "ru");
  await eventually(() => app.place.startsWith("/request/"), "the request");
  assert.match(app.place, new RegExp(`^/request/${device}/[\\w-]+$`));
  await eventually(() => !desktop.open.has(shown.id), "the end of the notification");
  assert.equal((await login.step({})).authorization_code, undefined, "a tap approves nothing");
  await app.approve(PIN);
  assert.ok((await login.step({})).authorization_code, "the login is confirmed");
});

scene("the app is open elsewhere: a tap shows the request there; one that is answered says so", "en", async (phone) => {
  const { firefox, demo, desktop, app, device } = phone;
  await app.go("/respond");
  await app.reads(app.words.respond);
  const first = await begun(phone);
  const shown = await desktop.next();
  saysNoMoreThanNeeded(shown, phone);
  desktop.tap(shown, app.words.open);
  await eventually(() => app.place.startsWith(`/request/${device}/`), "the request");
  const there = app.place;
  await app.approve(PIN);
  assert.ok((await first.step({})).authorization_code, "the login is confirmed");

  const second = await begun(phone);
  const late = await desktop.next();
  await app.go("/");
  await app.row(app.words.answer);
  await app.deny();
  assert.equal((await second.step({})).failure.reason, "denied");
  await app.go("/usernames");
  await app.reads(app.words.usernames);
  desktop.tap(late);
  await app.reads(app.words.gone);
  assert.match(app.place, new RegExp(`^/request/${device}/[\\w-]+$`));
  assert.notEqual(app.place, there, "each notification leads to its own request");
  await app.says(app.words.wasRefused);
  assert.equal((await firefox.pages().then(appsOf(demo))).length, 1, "no second window of the app");

  await app.go(`/username/${device}/notifications`);
  await app.press(app.words.turnOff);
  await app.says(app.words.areOff);
});

/** A program's login that waits for the phone. */
async function begun({ demo, device }) {
  const login = new ProgramLogin(demo);
  let { next } = await login.begin(USERNAME);
  if (next.step === "choose_device") ({ next } = await login.step({ device_id: device }));
  assert.equal(next.step, "approve");
  return login;
}

/** What lies on a locked screen for everybody to read: that there is a request, and not whose or what for. */
function saysNoMoreThanNeeded(shown, { app: { words }, device }) {
  assert.deepEqual([shown.summary, shown.body], [words.requestWaits, words.tapToSee]);
  assert.ok([...shown.actions.values()].includes(words.open), [...shown.actions.values()].join(", "));
  const all = JSON.stringify({ ...shown, actions: [...shown.actions] });
  for (const secret of [USERNAME, device, PIN, "tws", "127.0.0.1"]) assert.ok(!all.includes(secret), `${secret} in ${all}`);
}

function appsOf({ url }) {
  return (pages) => pages.map((page) => page.url()).filter((address) => address.startsWith(`${url}/app/`));
}
