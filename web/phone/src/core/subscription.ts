// A push subscription, made and told to the server: by the app's page, and by its service worker when the browser changed
// the subscription behind the app.

import { base64url, fromBase64url } from "./octets";
import type { Phone } from "./phone";
import { memberOf, optional, text } from "./read";
import { PhoneError } from "./types";

/** What the server knows of the subscription. */
export interface Known {
  readonly serverKey: string;
  readonly subscription?: { readonly origin: string; readonly lastSentAt?: number; readonly lastResult?: string };
}

/** Some browsers never answer `subscribe` when their push service cannot be reached. */
const PATIENCE = 15_000;

/** Subscribes, permission given; again, where the server's key is another or the browser gave the old one up. */
export async function subscribe(phone: Phone, registration: ServiceWorkerRegistration): Promise<void> {
  const { serverKey } = await knownOf(phone);
  const key = fromBase64url(serverKey);
  if (!key) throw new PhoneError("malformed", { reason: "server_key" });
  let mine = await registration.pushManager.getSubscription();
  if (mine && !fits(mine, serverKey)) {
    await mine.unsubscribe();
    mine = null;
  }
  mine ??= await within(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await tell(phone, mine);
  await phone.storage.keepSetting("serverKey", serverKey);
}

/** Tells the server of a subscription. */
async function tell(phone: Phone, mine: PushSubscription): Promise<void> {
  const [p256dh, auth] = [mine.getKey("p256dh"), mine.getKey("auth")];
  if (!p256dh || !auth) throw new PhoneError("unsupported", { reason: "keys" });
  const keys = { p256dh: base64url(p256dh), auth: base64url(auth) };
  const payload = (at: number) => ({ device: phone.row.device, endpoint: mine.endpoint, keys, at });
  await phone.act("push-subscription", "countersign-push-subscription+jws", payload);
}

/** What the server knows. */
export async function knownOf(phone: Phone): Promise<Known> {
  const held = await phone.get("push-subscription");
  const found = memberOf(held, "subscription");
  const serverKey = text(held, "server_key");
  if (found === null || found === undefined) return { serverKey };
  const [sent, result] = [memberOf(found, "last_sent_at"), optional(found, "last_result")];
  return {
    serverKey,
    subscription: {
      origin: text(found, "origin"),
      ...(typeof sent === "number" && { lastSentAt: sent }),
      ...(result !== undefined && { lastResult: result }),
    },
  };
}

/** Whether a subscription was made for this key of the server. */
export function fits(mine: PushSubscription, serverKey: string): boolean {
  const made = mine.options.applicationServerKey;
  return made !== null && base64url(made) === serverKey;
}

/** The promise, within the time; what fails is said in our own words. */
export async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PhoneError("timeout", { reason: "push" })), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    if (error instanceof PhoneError) throw error;
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    throw new PhoneError("unsupported", { reason: denied ? "denied" : "push" });
  } finally {
    clearTimeout(timer);
  }
}
