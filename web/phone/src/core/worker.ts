// The service worker as the page sees it: registering it, its updates, and what it says when a notification is tapped.

import type { Said } from "./link";
import { type PushWords, Storage } from "./storage";

/** The one script that may become a worker. */
const SCRIPT = "/app/sw.js";

/** How often an app that stays open looks for a new version, in milliseconds. */
const LOOK_AGAIN = 3_600_000;

/** What the page wants to know. */
export interface Listener {
  /** A new version of the app is here; `reload` takes it. */
  readonly update?: (reload: () => void) => void;
  /** A push message came while the app is open. */
  readonly pushed?: (device: string, confirmation: string | undefined) => void;
}

/** Registers the worker. Where there is none, or it is refused, the app works without it: online. */
export async function startWorker(listener: Listener): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener("message", (event: MessageEvent<Said>) => heard(event.data, listener));
  serviceWorker.startMessages();
  try {
    // The type of a policy's value is not in the compiler's library: the browser takes it as it takes a text.
    const registration = await serviceWorker.register(scriptUrl() as string, { scope: "/app/", updateViaCache: "none" });
    watchUpdates(registration, listener);
  } catch {
    // A private window may have no service worker. Self-check says so.
  }
}

/** Gives the worker its words for notifications, in the user's language. */
export async function teach(words: PushWords): Promise<void> {
  await new Storage().keepSetting("words", words);
}

interface Policy {
  createScriptURL(url: string): unknown;
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

let policy: Policy | undefined;

/** The worker's address, through the only policy that the page's CSP admits. */
function scriptUrl(): unknown {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  policy ??= trustedTypes?.createPolicy("countersign-app", {
    createScriptURL(url) {
      if (url !== SCRIPT) throw new TypeError("no script of this app");
      return url;
    },
  });
  return policy ? policy.createScriptURL(SCRIPT) : SCRIPT;
}

function heard(said: Said, { pushed }: Listener): void {
  if (said.kind === "open") location.hash = said.fragment;
  else pushed?.(said.device, said.confirmation);
}

function watchUpdates(registration: ServiceWorkerRegistration, { update }: Listener): void {
  const offer = (): void => {
    const { waiting } = registration;
    // Without a controller it is the first version: there is nothing to leave.
    if (waiting && navigator.serviceWorker.controller) update?.(() => takeOver(waiting));
  };
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") offer();
    });
  });
  offer();
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < LOOK_AGAIN) return;
    looked = Date.now();
    void registration.update().catch(() => undefined);
  });
}

/** Only the page that the user told to reloads: another one may hold something half typed. */
function takeOver(waiting: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("skip-waiting");
}

/** Names the manifest of a language, so that the installed app has its words. */
export function nameManifest(lang: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
  if (link) link.href = `/app/manifest.${lang === "ru" ? "ru" : "en"}.webmanifest`;
}
