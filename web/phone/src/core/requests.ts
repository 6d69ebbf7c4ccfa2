// What awaits this phone, what the user decides, and what the user asks for on the phone itself.

import type { Clock } from "./clock";
import type { Phone } from "./phone";
import { proven } from "./presence";
import { flag, list, memberOf, optional, text, whole } from "./read";
import { type Calling, type Decision, type Finished, type Operation, type Pending, PhoneError, type Presence, type Told, type Wanted } from "./types";

/** What the user gives with a decision. */
export interface Given {
  readonly presence?: Presence;
  readonly number?: string;
}

/** What awaits the phone, oldest first, and who is calling. */
export async function pending(phone: Phone): Promise<Told> {
  return listed(await phone.get("confirmations"), phone.place.clock);
}

/** One request. */
export async function one(phone: Phone, id: string): Promise<Pending> {
  return pendingOf(await phone.get(`confirmations/${encodeURIComponent(id)}`), phone.place.clock);
}

/** A list as the server sends it, here and in its events. */
export function listed(value: unknown, clock: Clock): Told {
  const call = memberOf(value, "call");
  return {
    pending: list(value, "confirmations").map((each) => pendingOf(each, clock)),
    ...(call !== undefined && { calling: callingOf(call, clock) }),
  };
}

function callingOf(value: unknown, clock: Clock): Calling {
  return { name: text(value, "first_name"), words: text(value, "words"), expiresAt: clock.in(whole(value, "expires_in")) };
}

/** Signs the decision over everything that was shown. */
export async function decide(phone: Phone, shown: Pending, decision: Decision, given: Given): Promise<"confirmed" | "denied" | "second_needed"> {
  const statement = (now: number) => ({
    issuer: shown.issuer,
    confirmation: shown.id,
    device: phone.row.device,
    operation: shown.operation,
    decision,
    ...(decision === "approve" && given.number !== undefined && { number: given.number }),
    decided_at: now,
  });
  const approves = decision === "approve";
  const path = `confirmations/${encodeURIComponent(shown.id)}/${approves ? "approve" : "deny"}`;
  const payload = approves
    ? await approval(phone, statement, given.presence)
    : (now: number) => ({ statement: statement(now) });
  const outcome = text(await phone.act(path, "countersign-statement+jws", payload), "outcome");
  if (outcome !== "confirmed" && outcome !== "denied" && outcome !== "second_needed") throw new PhoneError("malformed", { reason: "outcome" });
  if (approves && typeof given.presence === "object") await learnLength(phone, given.presence.pin.length);
  return outcome;
}

/** Keeps how long an accepted PIN is. What was decided stands even where nothing can be stored. */
async function learnLength(phone: Phone, length: number): Promise<void> {
  const learn = phone.storage.change(phone.row.device, (row) => {
    row.pinLength = length;
  });
  await learn.catch(() => undefined);
}

/** The statement with its proof of presence: made once, since nobody is asked for a finger twice. */
async function approval(phone: Phone, statement: (now: number) => unknown, presence: Presence | undefined) {
  if (presence === undefined) throw new PhoneError("malformed", { reason: "presence" });
  const stated = statement(phone.place.clock.now());
  const proof = await proven(phone.row, stated, presence);
  return () => ({ statement: stated, ...proof });
}

/** Asks for something on the phone itself; it is then approved like any other request. */
export async function ask(phone: Phone, what: Wanted): Promise<Pending> {
  const payload = (at: number) => ({ device: phone.row.device, what, at });
  return pendingOf(await phone.act("confirmations", "countersign-request+jws", payload), phone.place.clock);
}

/** Carries out what was asked for and approved. */
export async function finish(phone: Phone, id: string): Promise<Finished> {
  const payload = (at: number) => ({ device: phone.row.device, confirmation: id, at });
  const done = await phone.act(`confirmations/${encodeURIComponent(id)}/finish`, "countersign-finish+jws", payload);
  const until = memberOf(done, "expires_at");
  const invitation = memberOf(done, "invitation") as Finished["invitation"];
  return { type: text(done, "type"), ...(typeof until === "number" && { expires_at: until }), ...(invitation && { invitation }) };
}

function pendingOf(value: unknown, clock: Clock): Pending {
  const operation = memberOf(value, "operation");
  if (optional(operation, "type") === undefined) throw new PhoneError("malformed", { reason: "operation" });
  return {
    id: text(value, "id"),
    issuer: text(value, "issuer"),
    // Kept as it came, whole, so that what is signed is what the server asked.
    operation: operation as Operation,
    expiresAt: clock.in(whole(value, "expires_in")),
    numberRequired: flag(value, "number_required"),
    qrRequired: flag(value, "qr_required"),
  };
}
