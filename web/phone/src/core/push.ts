// Push messages as the page has them: what this browser can do, permission, and switching on.

import type { Phone } from "./phone";
import { knownOf, renew, stands, subscribe, within } from "./subscription";
import { PhoneError } from "./types";

/** How a subscription stands. */
export type PushState = "on" | "off" | "denied" | "unsupported" | "ios_home_screen";

/** What this browser can do, before anybody is asked. */
export function ability(): "able" | "unsupported" | "ios_home_screen" {
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return "able";
  // On iOS there is push for an app on the Home Screen only.
  const ios = /iPhone|iPad|iPod/.test(navigator.userAgent) || navigator.maxTouchPoints > 1;
  return ios && "standalone" in navigator && navigator.standalone !== true ? "ios_home_screen" : "unsupported";
}

/** How it stands for a username. */
export async function state(phone: Phone): Promise<PushState> {
  const able = ability();
  if (able !== "able") return able;
  if (Notification.permission === "denied") return "denied";
  const mine = Notification.permission === "granted" ? await subscription() : undefined;
  return mine && (await stands(phone, mine, await knownOf(phone))) ? "on" : "off";
}

/** Asks for permission (from a tap), subscribes and tells the server. */
export async function on(open: () => Promise<Phone>): Promise<void> {
  const able = ability();
  if (able !== "able") throw new PhoneError("unsupported", { reason: able });
  // First of all, and with nothing awaited before: a browser asks only as long as the tap is fresh.
  if ((await Notification.requestPermission()) !== "granted") throw new PhoneError("unsupported", { reason: "denied" });
  await subscribe(await open(), await ready());
}

/** After the app was opened: what the browser or its push service changed behind it is mended. Nobody is asked anything. */
export async function mend(phones: readonly Phone[]): Promise<void> {
  if (ability() === "able" && Notification.permission === "granted") await renew(phones, await ready());
}

/** Ends them for a username; the browser's own subscription goes with the last one that it is for. */
export async function off(phone: Phone): Promise<void> {
  const { device } = phone.row;
  await phone.act("push-subscription/end", "countersign-push-end+jws", (at) => ({ device, at }));
  await phone.storage.keepEndpoint(device, undefined);
  if (Object.keys((await phone.storage.setting("endpoints")) ?? {}).length === 0) await end();
}

/** Gives the browser's subscription up, when no username is left that it is for. */
export async function end(): Promise<void> {
  if (ability() === "able") await (await subscription())?.unsubscribe();
}

/** Asks the server for a test push. */
export async function test(phone: Phone): Promise<void> {
  const { device } = phone.row;
  await phone.act("push-subscription/test", "countersign-push-test+jws", (at) => ({ device, at }));
}

/** The browser's subscription. */
export async function subscription(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

async function ready(): Promise<ServiceWorkerRegistration> {
  return within(navigator.serviceWorker.ready);
}
