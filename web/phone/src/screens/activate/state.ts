// An activation under way, across its screens.

import { signal } from "@preact/signals";
import type { Activated, Begin, Begun } from "../../core/types.js";
import { replace } from "../../app/router.js";
import { core, refreshAccounts, useAccount } from "../../app/state.js";
import { t } from "../../app/words.js";
import { type Sure, askSure } from "../../ui/sheet.js";

/** What was begun; undefined before, and afterwards. */
export const begun = signal<Begun | undefined>(undefined);

/** The code that was typed, until the PIN is chosen; both are sent together. */
export const code = signal("");

/** What is wrong with the code, found out when it was sent. */
export const codeError = signal<string | undefined>(undefined);

/** How it ended. */
export const activated = signal<Activated | undefined>(undefined);

/** Where the way goes on afterwards: the button that was tapped first. */
export function following(query: URLSearchParams): string {
  const then = query.get("then");
  return then?.startsWith("/") ? then : "/";
}

/** The address of a step; it remembers what comes afterwards. */
export function step(name: string, query: URLSearchParams): string {
  const then = query.get("then");
  const path = name === "" ? "/activate" : `/activate/${name}`;
  return then === null ? path : `${path}?then=${encodeURIComponent(then)}`;
}

/** Takes up what was under way when the app was closed. */
export async function resume(): Promise<void> {
  begun.value ??= await core().resumed();
}

/** Begins, and goes to what is to be proven. Another that is under way is given up only when its user says so. */
export async function begin(how: Begin, query: URLSearchParams): Promise<void> {
  const now = underWay();
  // Who asks for a code instead of another device goes on with the same.
  const sameUser = how.by === "password" && how.byNumber === true && how.username === now?.username;
  if (now && !sameUser && !(await askSure(replacing(now)))) return onward(query);
  code.value = "";
  codeError.value = undefined;
  begun.value = await core().begin(how);
  onward(query);
}

/** The activation that still lives. */
export function underWay(): Begun | undefined {
  const now = begun.value;
  return now && now.expiresAt > Date.now() ? now : undefined;
}

function replacing({ username }: Begun): Sure {
  return { title: t("activate-replace"), words: [t("activate-replace-words", { username })], yes: t("activate-anew"), no: t("activate-go-on") };
}

/** Goes to the step that the activation is at. */
export function onward(query: URLSearchParams): void {
  const proof = begun.value?.proof;
  if (!proof) replace(step("", query));
  else replace(step(proof.kind === "done" ? "presence" : "prove", query));
}

/** Gives up what is under way. */
export async function abandon(query: URLSearchParams): Promise<void> {
  begun.value = undefined;
  code.value = "";
  await core().abandon();
  replace(step("", query));
}

/** Keeps how it ended; the username is the one in use from here on. */
export async function finish(done: Activated): Promise<void> {
  begun.value = undefined;
  code.value = "";
  activated.value = done;
  await refreshAccounts();
  useAccount(done.account.device);
}
