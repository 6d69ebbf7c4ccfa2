// Activating: who → what proves it → keys agreed → first response → an active phone. Each step survives a reload.

import { agree, offered, sealedPin } from "./agreement";
import { canonical } from "./canonical";
import type { Clock } from "./clock";
import { answer, request } from "./http";
import { newSigningKey, thumbprint } from "./jose";
import { type Place, called } from "./line";
import { nextOf } from "./next";
import { sha256, utf8 } from "./octets";
import * as presence from "./presence";
import { flag, list, memberOf, optional, text, whole } from "./read";
import { handOver, replaced } from "./standalone";
import type { AccountRow, ActivationRow, Storage } from "./storage";
import { type Account, type Activated, type Begin, type Begun, type EndedDevice, PhoneError, type Presence, type Proof, type Standalone } from "./types";
import * as webauthn from "./webauthn";

/** How the user completes. */
export interface Completing {
  /** The version of the standalone app, where that is what is activated. */
  readonly standalone?: string;
  readonly code?: string;
  readonly presence: Presence;
  readonly label?: string;
}

/** A user's proof: the PIN or what stands for it, and the credential that it came from. */
interface Secret {
  readonly pin: string;
  readonly credential?: { readonly id: string; readonly publicKey: unknown };
}

/** Sends who it is. What proves it comes next. */
export async function begin(place: Place, storage: Storage, how: Begin): Promise<Begun> {
  const signing = await newSigningKey();
  const started = await called(place, signing, { method: "POST", path: "activations", json: credentials(how) });
  const activation = text(started, "activation");
  const keys = await published();
  const serverKey = await offered(text(started, "agreement"), keys, activation);
  if (!serverKey) throw new PhoneError("malformed", { reason: "agreement" });
  const row: ActivationRow = {
    activation,
    username: optional(started, "username") ?? ("username" in how ? how.username : ""),
    expiresAt: place.clock.in(whole(started, "expires_in")),
    signing,
    serverKey,
    proof: proofOf(started),
    codeToo: offersCode(started),
    standalone: memberOf(started, "standalone") === true,
  };
  await storage.keepActivation(row);
  return begun(row);
}

/** Has the standalone app sign that this one's key takes over. What is left is a new PIN. */
export async function migrate(place: Place, storage: Storage, old: Standalone, pin: string): Promise<Begun> {
  const signing = await newSigningKey();
  const { username, device, version } = old;
  const started = await called(place, signing, { method: "POST", path: "migrations", json: { username, device, version } });
  const activation = text(started, "activation");
  const serverKey = await offered(text(started, "agreement"), await published(), activation);
  if (!serverKey) throw new PhoneError("malformed", { reason: "agreement" });
  const successor = await thumbprint(signing.jwk);
  const asked = { device, activation, successor, challenge: text(started, "challenge"), pin, at: place.clock.now() };
  const signed = { hand_over: await handOver(asked) };
  await called(place, signing, { method: "POST", path: `migrations/${activation}/hand-over`, json: signed });
  const row: ActivationRow = {
    activation,
    username: text(started, "username"),
    expiresAt: place.clock.in(whole(started, "expires_in")),
    signing,
    serverKey,
    proof: { kind: "done" },
    handsOver: device,
  };
  await storage.keepActivation(row);
  return begun(row);
}

/** The activation that was under way, if it still lives. */
export async function resumed(clock: Clock, storage: Storage): Promise<Begun | undefined> {
  const row = await storage.activation();
  if (!row) return undefined;
  if (row.expiresAt > clock.in(0)) return begun(row);
  await storage.endActivation();
  return undefined;
}

/** One step with the user's other device. */
export async function confirm(place: Place, storage: Storage, answers: unknown): Promise<Begun> {
  const row = await underWay(storage);
  const path = `activations/${row.activation}/confirm`;
  const given = await step(storage, () => called(place, row.signing, { method: "POST", path, json: answers }));
  row.proof = flag(given, "confirmed") ? { kind: "done" } : deviceProof(given);
  await storage.keepActivation(row);
  return begun(row);
}

/** Has the code judged that was sent, before its user is asked for a PIN or a finger. A wrong one counts. */
export async function checkCode(place: Place, storage: Storage, code: string): Promise<void> {
  const row = await underWay(storage);
  const path = `activations/${row.activation}/confirm`;
  await step(storage, () => called(place, row.signing, { method: "POST", path, json: { code } }));
}

/** Sends the phone's keys, then the first response, which makes it active. A wrong code may be tried again. */
export async function complete(place: Place, storage: Storage, how: Completing, product: string): Promise<Activated> {
  const row = await underWay(storage);
  if (row.agreed) {
    // The app was closed in between: the server has the PIN, and judges what is typed now.
    const pin = await presence.pinOf(row.agreed.row, how.presence);
    return step(storage, () => prove(place, storage, row, pin));
  }
  const made = await secretOf(row, how.presence, product);
  return step(storage, async () => prove(place, storage, await agreed(place, storage, row, how, made), made.pin));
}

function credentials(how: Begin): unknown {
  switch (how.by) {
    case "password":
      return { username: how.username, password: how.password, ...(how.byNumber && { recover: "registered_number" }) };
    case "session":
      return { username: how.username, session_id: how.sessionId };
    case "scan":
      return { session: how.session };
  }
}

async function published(): Promise<readonly unknown[]> {
  const held = await answer(await request("/oauth2/jwks", { method: "GET" }));
  return list(held, "keys");
}

async function underWay(storage: Storage): Promise<ActivationRow> {
  const row = await storage.activation();
  if (!row) throw new PhoneError("unknown-activation");
  return row;
}

async function secretOf(row: ActivationRow, given: Presence, product: string): Promise<Secret> {
  if (given !== "biometric") return { pin: given.pin };
  const created = await webauthn.create(row.username, product);
  const pin = created.secret ?? (await webauthn.secret(created.id));
  return { pin, credential: { id: created.id, publicKey: created.publicKey } };
}

async function agreed(
  place: Place,
  storage: Storage,
  row: ActivationRow,
  how: Completing,
  { pin, credential }: Secret,
): Promise<ActivationRow> {
  const keys = await agree(row.activation, row.serverKey);
  if (!keys) throw new PhoneError("malformed", { reason: "agreement_key" });
  const body = {
    activation: row.activation,
    ...(row.proof.kind === "code" && { code: how.code ?? "" }),
    signing_key: row.signing.jwk,
    agreement_key: keys.publicKey,
    sealed_pin: await sealedPin(keys.pin, row.activation, pin),
    platform: platform(),
    ...(how.label !== undefined && { label: how.label }),
    ...(how.standalone !== undefined && { standalone: how.standalone }),
    ...(credential && { credential: { id: credential.id, public_key: credential.publicKey } }),
  };
  const path = `activations/${row.activation}/complete`;
  const signed = { typ: "countersign-activation+jws", payload: () => body };
  const given = await called(place, row.signing, { method: "POST", path, signed });
  const suites = memberOf(given, "suites");
  const account: AccountRow = {
    device: text(given, "device_id"),
    username: row.username,
    label: text(given, "label"),
    form: credential ? "biometric" : "pin",
    activatedAt: place.clock.now(),
    signing: row.signing,
    respond: keys.respond,
    approve: keys.approve,
    suites: { respond: text(suites, "respond"), approve: text(suites, "approve") },
    counter: 0,
    ...(credential && { credential: credential.id }),
    accessToken: text(given, "access_token"),
    refreshToken: text(given, "refresh_token"),
  };
  if (!presence.computable(account.suites)) throw new PhoneError("unsupported", { reason: "suite" });
  row.agreed = { row: account, challenge: text(given, "challenge") };
  row.proof = { kind: "done" };
  await storage.keepActivation(row);
  return row;
}

async function prove(place: Place, storage: Storage, row: ActivationRow, pin: string): Promise<Activated> {
  const { agreed: made, activation } = row;
  if (!made) throw new PhoneError("unknown-activation");
  const counter = await storage.takeFirstCounter(activation);
  const response = await presence.response(made.row, counter, made.challenge, pin);
  const first = { activation, response };
  const assertion = made.row.credential
    ? (await webauthn.assert(made.row.credential, await sha256(utf8(canonical(first))))).assertion
    : undefined;
  const payload = () => ({ ...first, ...(assertion && { assertion }) });
  const signed = { typ: "countersign-first-response+jws", payload };
  const path = `activations/${activation}/prove`;
  const active: AccountRow = { ...made.row, counter: Number(counter) + 1 };
  const ended = await ending(place, active, () => called(place, row.signing, { method: "POST", path, signed }));
  await storage.activated(active);
  // It finds out by itself, too, when it is opened.
  if (row.handsOver !== undefined) await replaced(row.handsOver).catch(() => undefined);
  return { account: account(active), ended };
}

/** What the last call says; where its answer was lost the first time, the phone is active all the same. */
async function ending(place: Place, row: AccountRow, last: () => Promise<unknown>): Promise<EndedDevice[]> {
  try {
    return list(await last(), "ended").map((device) => ({
      id: text(device, "id"),
      label: text(device, "label"),
      since: whole(device, "since"),
    }));
  } catch (error) {
    if (!(error instanceof PhoneError) || error.slug !== "unknown-activation") throw error;
    // Only an active phone is told what awaits it.
    const what = { method: "GET", path: "confirmations", token: row.accessToken } as const;
    await called(place, row.signing, what).catch(() => {
      throw error;
    });
    return [];
  }
}

/** Does a step; an activation that the server does not know (any more) is over here too. */
async function step<T>(storage: Storage, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PhoneError && error.slug === "unknown-activation") await storage.endActivation();
    throw error;
  }
}

/** What the views know of a row. */
export function account({ device, username, label, form, activatedAt, pinLength }: AccountRow): Account {
  return { device, username, label, form, activatedAt, ...(pinLength !== undefined && { pinLength }) };
}

function begun({ username, proof, codeToo, standalone, expiresAt }: ActivationRow): Begun {
  return { username, proof, codeToo: codeToo === true, standalone: standalone === true, expiresAt };
}

function proofOf(started: unknown): Proof {
  switch (optional(started, "proof") ?? "code") {
    case "session":
    case "phone":
      return { kind: "done" };
    case "device":
      return deviceProof(started);
    default: {
      const sentBy = text(started, "sent_by") === "sms" ? "sms" : "mail";
      return { kind: "code", sentBy, sentTo: text(started, "sent_to") };
    }
  }
}

function offersCode(started: unknown): boolean {
  const ways = memberOf(started, "recover");
  return Array.isArray(ways) && ways.includes("registered_number");
}

function deviceProof(given: unknown): Proof {
  const next = nextOf(memberOf(given, "next"));
  const failed = memberOf(given, "failure");
  if (failed === undefined) return { kind: "device", next };
  const left = memberOf(failed, "attempts_left");
  const attemptsLeft = typeof left === "number" ? left : 0;
  return { kind: "device", next, failure: { reason: text(failed, "reason"), attemptsLeft } };
}

/** What this runs on, for the user's list of devices. */
function platform(): "android" | "ios" | "web" {
  const agent = navigator.userAgent;
  // An iPad calls itself a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(agent) ? "android" : "web";
}

