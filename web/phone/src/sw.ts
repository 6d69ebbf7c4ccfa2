// The service worker: the app without a network, and notifications. It never keeps an answer of the server's.

import { Clock } from "./core/clock";
import { type Said, requestFragment } from "./core/link";
import { Phone } from "./core/phone";
import { type PushWords, Storage } from "./core/storage";
import { renew } from "./core/subscription";

declare const self: ServiceWorkerGlobalScope & {
  /** The build puts the app's files here. */
  readonly __PRECACHE: { readonly version: string; readonly files: readonly string[] };
};

/** Where the app is. */
const HOME = "/app/";

const { version, files } = self.__PRECACHE;
const PREFIX = "countersign-app-";
const CACHE = `${PREFIX}${version}`;
const kept = new Set(files);
const storage = new Storage();

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") event.waitUntil(self.skipWaiting());
});
self.addEventListener("fetch", (event) => {
  const answer = fromCache(event.request);
  if (answer) event.respondWith(answer);
});
self.addEventListener("push", (event) => event.waitUntil(pushed(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
self.addEventListener("pushsubscriptionchange", (event) => (event as ExtendableEvent).waitUntil(resubscribe()));

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the HTTP cache: a file without a hash in its name may be an older one there.
  await cache.addAll(files.map((file) => new Request(file, { cache: "reload" })));
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** The app's files, and its page for every address of the app; `undefined` for what the server must answer. */
function fromCache(request: Request): Promise<Response> | undefined {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return undefined;
  if (request.mode === "navigate") return url.pathname === HOME ? keptOrFetched(HOME, request) : undefined;
  return kept.has(url.pathname) ? keptOrFetched(url.pathname, request) : undefined;
}

async function keptOrFetched(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}

/** What a push message says: ids alone. */
interface Pushed {
  readonly v: 1;
  readonly kind: "request" | "test";
  readonly device: string;
  readonly confirmation?: string;
}

async function pushed(data: PushMessageData | null): Promise<void> {
  const message = parsed(data);
  await storage.keepSetting("lastPush", Date.now()).catch(() => undefined);
  const words = await storage.setting("words").catch(() => undefined);
  const [title, body] = wordsOf(message, words);
  // Every message must be shown, or the browser shows one of its own, and in the end takes the permission away.
  await self.registration.showNotification(title, {
    body,
    lang: words?.lang ?? "",
    tag: message?.confirmation ?? message?.kind ?? "message",
    data: message,
    icon: `${HOME}icons/192.png`,
    badge: `${HOME}icons/badge.png`,
    ...(words && { actions: [{ action: "open", title: words.open }] }),
  } as NotificationOptions);
  if (message) {
    const { device, confirmation } = message;
    await tell({ kind: "pushed", device, ...(confirmation !== undefined && { confirmation }) });
  }
}

function parsed(data: PushMessageData | null): Pushed | undefined {
  try {
    const held: unknown = data?.json();
    if (typeof held !== "object" || held === null) return undefined;
    const { v, kind, device, confirmation } = held as Record<string, unknown>;
    if (v !== 1 || (kind !== "request" && kind !== "test") || typeof device !== "string") return undefined;
    return { v, kind, device, ...(typeof confirmation === "string" && { confirmation }) };
  } catch {
    return undefined;
  }
}

/** The words as the app left them, in the user's language. An app that was never opened has no subscription. */
function wordsOf(message: Pushed | undefined, words: PushWords | undefined): [string, string] {
  if (!words) return [self.location.host, ""];
  const { title, body } = message?.kind === "test" ? words.test : words.request;
  return [title, body];
}

async function open(data: unknown): Promise<void> {
  const { device, confirmation } = (data ?? {}) as Partial<Pushed>;
  const fragment = device !== undefined && confirmation !== undefined ? requestFragment(device, confirmation) : "";
  for (const client of await windows()) {
    // A browser may not let a window come forward; the page shows the request all the same.
    await client.focus().catch(() => undefined);
    if (fragment !== "") client.postMessage({ kind: "open", fragment } satisfies Said);
    return;
  }
  await self.clients.openWindow(`${HOME}${fragment}`);
}

async function tell(said: Said): Promise<void> {
  for (const client of await windows()) client.postMessage(said);
}

/** The app's windows, the one that is looked at first. */
async function windows(): Promise<readonly WindowClient[]> {
  const found = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = found.filter((client) => new URL(client.url).pathname === HOME);
  return ours.sort((a, b) => Number(b.focused) - Number(a.focused));
}

/** The browser changed the subscription: the server is told of the new one, now or when the app is opened next. */
async function resubscribe(): Promise<void> {
  const config = await storage.setting("config");
  if (!config) return;
  const place = { issuer: config.issuer, clock: new Clock(() => Date.now()) };
  const rows = await storage.accounts();
  await renew(await Promise.all(rows.map(({ device }) => Phone.open(place, storage, device))), self.registration);
}
