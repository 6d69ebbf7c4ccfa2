// What a user does with a phone that is active: rename it, change its PIN, see what happened, its cards, take it off.

import { agree, offered, sealedPin } from "./agreement";
import { answer, request } from "./http";
import { called } from "./line";
import type { Phone } from "./phone";
import { response } from "./presence";
import { flag, list, optional, text, whole } from "./read";
import type { AccountRow } from "./storage";
import { type ActivityLine, type Card, type Fate, PhoneError, type TransferLock } from "./types";

/** What became of the phone. It may have ended, so that its session is over: the token only says whose it was. */
export async function fate(phone: Phone): Promise<Fate> {
  const { accessToken } = await phone.storage.account(phone.row.device);
  const given = await called(phone.place, phone.row.signing, { method: "GET", path: "device/fate", token: accessToken });
  text(given, "state");
  return given as Fate;
}

/** Ends the phone that took this one's place. */
export async function veto(phone: Phone): Promise<void> {
  const { device } = phone.row;
  const { accessToken } = await phone.storage.account(device);
  const signed = { typ: "countersign-veto+jws", payload: (at: number) => ({ device, at }) };
  await called(phone.place, phone.row.signing, { method: "POST", path: "device/veto", signed, token: accessToken });
}

/** Gives the device another label. */
export async function rename(phone: Phone, label: string): Promise<AccountRow> {
  const { device } = phone.row;
  const given = await phone.act("device/label", "countersign-label+jws", (at) => ({ device, label, at }));
  const kept = text(given, "label");
  await phone.storage.change(device, (row) => {
    row.label = kept;
  });
  return phone.storage.account(device);
}

/** Proves the present PIN and the next one by a response each; the server judges both. */
export async function changePin(phone: Phone, current: string, next: string): Promise<void> {
  if (phone.row.form !== "pin") throw new PhoneError("unsupported", { reason: "form" });
  const { device } = phone.row;
  const begun = await phone.act("pin-changes", "countersign-pin-change+jws", (at) => ({ device, at }));
  const [change, challenge] = [text(begun, "change"), text(begun, "challenge")];
  const keys = list(await answer(await request("/oauth2/jwks", { method: "GET" })), "keys");
  const server = await offered(text(begun, "agreement"), keys, change);
  const agreed = server && (await agree(change, server));
  if (!agreed) throw new PhoneError("malformed", { reason: "agreement" });
  const responses = [];
  for (const pin of [current, next]) {
    responses.push(await response(phone.row, await phone.storage.takeCounter(device), challenge, pin));
  }
  const body = {
    change,
    agreement_key: agreed.publicKey,
    sealed_pin: await sealedPin(agreed.pin, change, next),
    current_response: responses[0],
    new_response: responses[1],
  };
  await phone.act(`pin-changes/${encodeURIComponent(change)}/complete`, "countersign-new-pin+jws", () => body);
  await phone.storage.change(device, (row) => {
    row.pinLength = next.length;
  });
}

/** What happened with the user's access, in words of a language. */
export async function activity(phone: Phone, lang: string): Promise<ActivityLine[]> {
  const held = await phone.get(`activity?lang=${encodeURIComponent(lang)}`);
  return list(held, "activity").map((line) => {
    const [address, report] = [optional(line, "address"), optional(line, "report")];
    const told = { at: whole(line, "at"), text: text(line, "text"), alarming: flag(line, "alarming") };
    return { ...told, ...(address !== undefined && { address }), ...(report !== undefined && { report }) };
  });
}

/** "It wasn't me", said of what happened: takes back what the password gave there. */
export async function disown(phone: Phone, attempt: string): Promise<void> {
  const { device } = phone.row;
  await phone.act("activity/report", "countersign-disown+jws", (at) => ({ device, attempt, at }));
}

/** Takes the username off this phone, and tells the server, if it can be reached. */
export async function remove(phone: Phone): Promise<{ readonly server: boolean }> {
  const { device } = phone.row;
  let server = true;
  try {
    await phone.act("device/remove", "countersign-removal+jws", (at) => ({ device, at }));
  } catch (error) {
    // A server that knows this phone no more needs no telling.
    server = error instanceof PhoneError && ["unauthorized", "device-not-active"].includes(error.slug);
  }
  await phone.storage.remove(device);
  return { server };
}

/** The user's debit cards. */
export async function cards(phone: Phone): Promise<Card[]> {
  return list(await phone.get("cards"), "cards").map((card) => {
    text(card, "id");
    return card as Card;
  });
}

/** How the transfer lock stands. */
export async function transferLock(phone: Phone): Promise<TransferLock> {
  return lockOf(await phone.get("transfer-lock"));
}

/** Closes the transfer lock, or keeps it closed. */
export async function closeLock(phone: Phone): Promise<TransferLock> {
  const { device } = phone.row;
  return lockOf(await phone.act("transfer-lock", "countersign-transfer-lock+jws", (at) => ({ device, at })));
}

function lockOf(given: unknown): TransferLock {
  text(given, "state");
  return given as TransferLock;
}

/** Blocks a card. */
export async function block(phone: Phone, card: string): Promise<void> {
  const payload = (at: number) => ({ device: phone.row.device, card, at });
  await phone.act(`cards/${encodeURIComponent(card)}/block`, "countersign-card-block+jws", payload);
}
