// Listens for requests while the app is seen, for every username on the phone.

import { effect } from "@preact/signals";
import type { Account, Told } from "../core/types.js";
import { go, place } from "./router.js";
import { accounts, awaits, core, news, trouble, waiting, waitingCount } from "./state.js";
import { t } from "./words.js";

/** Begins; follows the usernames as they come and go. */
export function startWatching(): void {
  followTouches();
  let current: AbortController | undefined;
  const again = (list: readonly Account[]): void => {
    current?.abort();
    current = undefined;
    if (document.visibilityState !== "visible" || list.length === 0) return;
    current = new AbortController();
    for (const one of list) watchOne(one, current.signal);
  };
  effect(() => again(accounts.value));
  document.addEventListener("visibilitychange", () => again(accounts.value));
}

function watchOne(one: Account, signal: AbortSignal): void {
  core().watch(
    one,
    (told) => {
      if (!signal.aborted) take(one.device, told);
    },
    (error) => {
      if (!signal.aborted) trouble.value = error;
    },
    signal,
  );
}

/** Shows a list; what is new in it is said. */
export function take(device: string, told: Told): void {
  const before = new Set((waiting.peek().get(device) ?? []).map(({ id }) => id));
  const fresh = awaits(device, told).filter(({ id }) => !before.has(id));
  if (waitingCount.peek() === 0 && news.peek() === t("requests-came")) news.value = "";
  const [only] = fresh;
  if (!only) return;
  news.value = t("requests-came");
  if (waitingCount.peek() === 1 && idle()) go(`/request/${device}/${only.id}`);
}

/** Places where nobody is in the middle of something. */
const RESTING: readonly (string | undefined)[] = [undefined, "requests", "authentication", "more"];

/** How long nobody has touched an idle app, in milliseconds: what opens must not come under a finger that is on its way. */
const CALM = 3_000;

/** When the app was last touched, or led elsewhere. */
let touched = 0;

function followTouches(): void {
  const now = (): void => {
    touched = performance.now();
  };
  for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, now, { capture: true });
  effect(() => {
    place.value;
    now();
  });
}

/** Whether the app is open and nothing is done in it: then a request that arrives opens by itself. */
function idle(): boolean {
  return performance.now() - touched >= CALM && RESTING.includes(place.peek().path[0]) && document.visibilityState === "visible" && document.querySelector("dialog[open]") === null;
}
