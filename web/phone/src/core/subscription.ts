// A push subscription, made and told to the server: by the app's page, and by its service worker when the browser changed
// the subscription behind the app. The browser has one for the whole app; each username tells it to the server.

import { base64url, fromBase64url } from "./octets";
import type { Phone } from "./phone";
import { memberOf, optional, text } from "./read";
import { PhoneError } from "./types";

/** What the server knows of a username's subscription. */
export interface Known {
  readonly serverKey: string;
  readonly subscription?: { readonly origin: string; readonly lastSentAt?: number; readonly lastResult?: string };
}

/** Some browsers never answer `subscribe` when their push service cannot be reached. */
const PATIENCE = 15_000;

/** Whether the browser's subscription is the one that the server has for this username, and alive as far as it knows. */
export async function stands(phone: Phone, mine: PushSubscription | undefined, known: Known): Promise<boolean> {
  if (!mine || !known.subscription || known.subscription.lastResult === "gone") return false;
  return fits(mine, known.serverKey) && (await told(phone)) === mine.endpoint;
}

/** Subscribes, permission given; anew, where the server's key is another or the push service gave the old one up. */
export async function subscribe(phone: Phone, registration: ServiceWorkerRegistration): Promise<void> {
  const known = await knownOf(phone);
  const key = fromBase64url(known.serverKey);
  if (!key) throw new PhoneError("malformed", { reason: "server_key" });
  let mine = await registration.pushManager.getSubscription();
  // Of a subscription that another username renewed meanwhile the server's word is no news.
  const dead = mine && known.subscription?.lastResult === "gone" && (await told(phone)) === mine.endpoint;
  if (mine && (dead || !fits(mine, known.serverKey))) {
    await mine.unsubscribe();
    mine = null;
  }
  mine ??= await within(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await tell(phone, mine);
  await phone.storage.keepEndpoint(phone.row.device, mine.endpoint);
}

/** Mends what changed behind the app, for every username that has pushes. What fails is left for the next time. */
export async function renew(phones: readonly Phone[], registration: ServiceWorkerRegistration): Promise<void> {
  for (const phone of phones) {
    try {
      // Who never switched it on has nothing to mend.
      if ((await told(phone)) === undefined) continue;
      const mine = (await registration.pushManager.getSubscription()) ?? undefined;
      const known = await knownOf(phone);
      if (known.subscription && !(await stands(phone, mine, known))) await subscribe(phone, registration);
    } catch {
      // The next phone may do better.
    }
  }
}

/** The endpoint that the server was told for this username. */
export async function told(phone: Phone): Promise<string | undefined> {
  return (await phone.storage.setting("endpoints"))?.[phone.row.device];
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

/** Whether a subscription was made for this key of the server. */
function fits(mine: PushSubscription, serverKey: string): boolean {
  const made = mine.options.applicationServerKey;
  return made !== null && base64url(made) === serverKey;
}

async function tell(phone: Phone, mine: PushSubscription): Promise<void> {
  const [p256dh, auth] = [mine.getKey("p256dh"), mine.getKey("auth")];
  if (!p256dh || !auth) throw new PhoneError("unsupported", { reason: "keys" });
  const keys = { p256dh: base64url(p256dh), auth: base64url(auth) };
  const payload = (at: number) => ({ device: phone.row.device, endpoint: mine.endpoint, keys, at });
  await phone.act("push-subscription", "countersign-push-subscription+jws", payload);
}
