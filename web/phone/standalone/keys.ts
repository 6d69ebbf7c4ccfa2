// What the standalone app keeps and does: a storage and a version of its own.

import * as activation from "../src/core/activation.js";
import { Clock } from "../src/core/clock.js";
import { load } from "../src/core/config.js";
import { sign } from "../src/core/jose.js";
import type { Place } from "../src/core/line.js";
import { fate } from "../src/core/manage.js";
import { Phone } from "../src/core/phone.js";
import { response } from "../src/core/presence.js";
import type { HandOverAsked } from "../src/core/standalone.js";
import { type AccountRow, Storage } from "../src/core/storage.js";
import type { Begun } from "../src/core/types.js";

/** The version of this build. */
export const LATEST = "3.1";

const INSTALLED = "countersign-standalone.version";

const storage = new Storage("countersign-standalone");
const clock = new Clock(() => Date.now());

const place = async (): Promise<Place> => ({ issuer: (await load(storage)).issuer, clock });

/** The version that is installed: a shop's app is as old as its last update. The demo installs an older one with `?version=`. */
export function installed(): string {
  return localStorage.getItem(INSTALLED) ?? LATEST;
}

/** Takes the version that the demo's address names. */
export async function installDemo(): Promise<void> {
  const wanted = new URLSearchParams(location.search).get("version");
  if (wanted && /^[0-9.]{1,12}$/.test(wanted) && (await load(storage)).demo) localStorage.setItem(INSTALLED, wanted);
}

/** Updates to this build. */
export function update(): void {
  localStorage.setItem(INSTALLED, LATEST);
}

/** The key, if there is one. */
export async function key(): Promise<AccountRow | undefined> {
  return (await storage.accounts()).at(-1);
}

/** Begins with username and password. */
export async function begin(username: string, password: string): Promise<Begun> {
  return activation.begin(await place(), storage, { by: "password", username, password, byNumber: true });
}

/** Completes with the code and a new PIN. */
export async function complete(code: string, pin: string): Promise<void> {
  const how = { code, presence: { pin }, label: "Authenticator", standalone: installed() };
  await activation.complete(await place(), storage, how, "Authenticator");
}

/** The response to a challenge. */
export async function respond(row: AccountRow, challenge: string, pin: string): Promise<string> {
  return response(row, await storage.takeCounter(row.device), challenge, pin);
}

/** Signs that another app's key takes over; what it does not hold any more it does not hand over. */
export async function handOver({ device, activation: handle, successor, challenge, pin, at }: HandOverAsked): Promise<string | undefined> {
  const row = await key();
  if (!row || row.device !== device || row.migrated) return undefined;
  const said = { device, activation: handle, successor, version: installed(), response: await respond(row, challenge, pin), at };
  return sign(row.signing, "countersign-hand-over+jws", said);
}

/** Notes that the key was replaced. */
export async function markReplaced(device: string): Promise<void> {
  await storage.change(device, (row) => {
    row.migrated = true;
  });
}

/** Asks the server whether the key lives, where it can be asked; a key that has ended is not used any more. */
export async function stillLives(row: AccountRow): Promise<boolean> {
  if (row.migrated) return false;
  try {
    const { state } = await fate(await Phone.open(await place(), storage, row.device));
    if (!["replaced", "migrated", "revoked"].includes(state)) return true;
    await markReplaced(row.device);
    return false;
  } catch {
    // Without a network it answers challenges as ever.
    return true;
  }
}
