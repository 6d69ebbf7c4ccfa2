// Links from outside: a notification's `#request=DEVICE.CONFIRMATION`, and the codes of login and settings pages.

import { core, accounts } from "./state.js";
import type { Account, Pending } from "../core/types.js";
import { PhoneError } from "../core/types.js";
import { parse, type Link } from "./router.js";

/** What a scanned login code holds, by confirmation: kept here, not in the history of the browser. */
const tokens = new Map<string, string>();

/** The session of a scanned activation code, until the activation begins with it. */
let session: string | undefined;

/** The place that a link leads to. */
export function placeOf({ kind, value }: Link): string {
  const [first = "", second = ""] = value.split(".", 2).map((part) => encodeURIComponent(part));
  switch (kind) {
    case "request":
      return `/request/${first}/${second}`;
    case "login":
      tokens.set(decodeURIComponent(first), decodeURIComponent(second));
      return `/request/scanned/${first}`;
    case "activate":
      session = value;
      return "/activate/scanned";
  }
}

/** The place that a scanned code leads to: only codes of this very server. */
export function placeOfCode(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.origin !== location.origin || !url.pathname.startsWith("/app/")) return undefined;
  const parsed = parse(url.hash);
  return "kind" in parsed && parsed.kind !== "request" ? placeOf(parsed) : undefined;
}

/** The token that was scanned for a confirmation. */
export function tokenOf(confirmation: string): string | undefined {
  return tokens.get(confirmation);
}

/** The scanned session, once. */
export function takeSession(): string | undefined {
  const taken = session;
  session = undefined;
  return taken;
}

/** Whose request a scanned code is: the username on this phone that the server shows it to. */
export async function findRequest(confirmation: string): Promise<{ account: Account; pending: Pending }> {
  let last: unknown = new PhoneError("not-found");
  for (const account of accounts.value) {
    try {
      return { account, pending: await core().one(account, confirmation) };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
