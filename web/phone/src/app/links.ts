// Links from outside: a notification's `#request=DEVICE.CONFIRMATION`, and the codes of login and settings pages.

import { core, accounts } from "./state.js";
import type { Account, Pending } from "../core/types.js";
import { PhoneError } from "../core/types.js";
import type { Link } from "../core/link.js";

/** What a scanned login code holds, by confirmation: kept here, not in the history of the browser. */
const tokens = new Map<string, string>();

/** The session of a scanned activation code, until the activation begins with it. */
let session: string | undefined;

/** How a link came: read by the app's own camera, or followed into the app, which another site can make a browser do. */
export type Came = "scanned" | "followed";

/** The place that a link leads to; undefined where it is not for this app. */
export function placeOf(link: Link, came: Came): string | undefined {
  switch (link.kind) {
    case "request":
      return `/request/${link.device}/${link.confirmation}`;
    case "login":
      tokens.set(link.confirmation, link.token);
      return `/request/scanned/${link.confirmation}`;
    case "activate":
      session = link.session;
      return `/activate/${came}`;
    case "foreign":
    case "unknown":
      return undefined;
  }
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
