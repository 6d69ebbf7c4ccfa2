// What every screen knows: the core, who is on this phone, what awaits an answer, how the app looks.

import { computed, signal } from "@preact/signals";
import { moneyFirst } from "../core/order.js";
import type { Account, Calling, Config, Core, Look, Pending, PhoneError, Told } from "../core/types.js";

let running: Core | undefined;

/** The core, once the app runs. */
export function core(): Core {
  if (!running) throw new TypeError("the app does not run yet");
  return running;
}

/** What the server says about itself; undefined until it was told once. */
export const config = signal<Config | undefined>(undefined);

/** The usernames on this phone. */
export const accounts = signal<readonly Account[]>([]);

const CHOSEN = "countersign.account";
const chosen = signal<string | undefined>(undefined);

/** The username that is used now. */
export const account = computed(() => accounts.value.find(({ device }) => device === chosen.value) ?? accounts.value[0]);

/** What awaits an answer, by device. */
export const waiting = signal<ReadonlyMap<string, readonly Pending[]>>(new Map());

/** What awaits an answer, on all usernames: money first, then the longest waiting. */
export const allWaiting = computed(() => moneyFirst([...waiting.value].flatMap(([device, list]) => list.map((pending) => ({ device, pending })))));

/** How many requests wait, on all usernames. */
export const waitingCount = computed(() => allWaiting.value.length);

/** Who of ours is on the line with each username, by device; nothing of a device that has not heard from the server yet. */
export const calling = signal<ReadonlyMap<string, Calling | undefined>>(new Map());

/** Why requests cannot be asked for at present. */
export const trouble = signal<PhoneError | undefined>(undefined);

/** Whether the phone has a network. */
export const online = signal(true);

/** The app's own session: who, and until when (Unix seconds). */
export const session = signal<{ readonly username: string; readonly expires_at: number } | undefined>(undefined);

/** Said to those who hear the screen. */
export const news = signal("");

/** The browser's offer to install. */
export const installOffer = signal<{ prompt(): Promise<unknown> } | undefined>(undefined);

/** Takes a new version into use, when one is there. */
export const update = signal<(() => void) | undefined>(undefined);

const LOOK = "countersign.look";

/** Which platform the app looks like. */
export const look = signal<Look>("android");

/** Puts the core to work. */
export async function load(with_: Core): Promise<void> {
  running = with_;
  chosen.value = localStorage.getItem(CHOSEN) ?? undefined;
  online.value = navigator.onLine;
  window.addEventListener("online", () => (online.value = true));
  window.addEventListener("offline", () => (online.value = false));
  accounts.value = await with_.accounts();
  void refreshSession();
  // What is said of the server belongs to the first screen, but a slow network does not keep the app shut.
  const known = with_.config().then((found) => (config.value = found), () => undefined);
  await Promise.race([known, new Promise((done) => setTimeout(done, PATIENCE))]);
}

/** How long the first screen waits for what the server says about itself, in milliseconds. */
const PATIENCE = 400;

/** Reads the usernames anew. */
export async function refreshAccounts(): Promise<void> {
  accounts.value = await core().accounts();
}

/** Asks whether the app's session lives. */
export async function refreshSession(): Promise<void> {
  try {
    session.value = await core().session();
  } catch {
    session.value = undefined;
  }
}

/** Uses another username. */
export function useAccount(device: string): void {
  chosen.value = device;
  localStorage.setItem(CHOSEN, device);
}

/** A username by its device. */
export function accountOf(device: string | undefined): Account | undefined {
  return accounts.value.find((one) => one.device === device);
}

/** The look asked for: in the address, chosen before, or the platform's own. */
export function wantedLook(): Look {
  const asked = new URLSearchParams(location.search).get("look");
  if (asked === "ios" || asked === "android") chooseLook(asked);
  const stored = localStorage.getItem(LOOK);
  if (stored === "ios" || stored === "android") return stored;
  // An iPad calls itself a Macintosh, but has fingers on it.
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return apple ? "ios" : "android";
}

/** Wears a look, and remembers it. */
export function chooseLook(next: Look): void {
  localStorage.setItem(LOOK, next);
  wear(next);
}

/** Wears a look. */
export function wear(next: Look): void {
  look.value = next;
  document.documentElement.dataset["look"] = next;
}

/** What this app asked for itself: it is approved where it was asked for, and carried out there. */
const own = new Set<string>();

/** Keeps a request of the app's own out of what waits. */
export function asOwn(device: string, pending: Pending): Pending {
  own.add(pending.id);
  answered(device, pending.id);
  return pending;
}

/** Takes a list of the server's. */
export function awaits(device: string, told: Told): readonly Pending[] {
  calling.value = new Map(calling.peek()).set(device, told.calling);
  const others = told.pending.filter(({ id }) => !own.has(id));
  waiting.value = new Map(waiting.peek()).set(device, others);
  return others;
}

/** Forgets what was remembered of a request, at once; the server's list follows. */
export function answered(device: string, id: string): void {
  const left = (waiting.peek().get(device) ?? []).filter((one) => one.id !== id);
  waiting.value = new Map(waiting.peek()).set(device, left);
}
