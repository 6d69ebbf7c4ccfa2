// What proves that the user is there, for responses and for approvals, in both forms.

import { canonical } from "./canonical";
import * as ocra from "./ocra";
import { hex, sha256, utf8 } from "./octets";
import type { AccountRow, Suites } from "./storage";
import { PhoneError, type Presence } from "./types";
import * as webauthn from "./webauthn";

/** A proof of presence over something that is signed. */
export type Proven = { readonly pin_proof: string } | { readonly assertion: webauthn.Assertion };

/** The PIN of responses, or the secret that stands for it in the biometric form. */
export async function pinOf(row: AccountRow, presence: Presence): Promise<string> {
  if (row.form === "pin") {
    if (presence === "biometric") throw new PhoneError("unsupported", { reason: "form" });
    return presence.pin;
  }
  if (presence !== "biometric" || row.credential === undefined) throw new PhoneError("unsupported", { reason: "form" });
  return webauthn.secret(row.credential);
}

/** Proves presence over a statement. */
export async function proven(row: AccountRow, statement: unknown, presence: Presence): Promise<Proven> {
  const digest = await sha256(utf8(canonical(statement)));
  if (row.form === "biometric") {
    if (presence !== "biometric" || row.credential === undefined) throw new PhoneError("unsupported", { reason: "form" });
    return { assertion: (await webauthn.assert(row.credential, digest)).assertion };
  }
  if (presence === "biometric") throw new PhoneError("unsupported", { reason: "form" });
  const input = { question: hex(digest), pin: presence.pin };
  return { pin_proof: await ocra.respond(suite(row.suites.approve), row.approve, input) };
}

/** The response to a challenge. The counter must have been taken before. */
export async function response(row: AccountRow, counter: bigint, challenge: string, pin: string): Promise<string> {
  return ocra.respond(suite(row.suites.respond), row.respond, { counter, question: challenge, pin });
}

/** Whether this app can compute what the server wants: its keys are for SHA-256. */
export function computable(suites: Suites): boolean {
  try {
    const [respond, approve] = [ocra.parse(suites.respond), ocra.parse(suites.approve)];
    return respond.hash === "SHA-256" && approve.hash === "SHA-256" && respond.counter && !approve.counter;
  } catch {
    return false;
  }
}

function suite(text: string): ocra.Suite {
  try {
    return ocra.parse(text);
  } catch {
    throw new PhoneError("storage");
  }
}
