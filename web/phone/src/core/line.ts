// Calls to the phone's API, each with a proof of the phone's key (RFC 9449).

import type { Clock } from "./clock";
import { answer, request, serverTime } from "./http";
import { type SigningKey, proof, sign } from "./jose";
import { PhoneError } from "./types";

/** Where the phone's API is. */
const ROOT = "/api/phone/v1/";

/** Where a phone is, and whose clock counts. */
export interface Place {
  readonly issuer: string;
  readonly clock: Clock;
}

/** One call. */
export interface Call {
  readonly method: "GET" | "POST";
  /** Below the API's root. */
  readonly path: string;
  readonly json?: unknown;
  /** Makes the body to be signed, anew for each try: what it says of the time may have to be another. */
  readonly signed?: { readonly typ: string; readonly payload: (now: number) => unknown };
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** The answer comes bit by bit: only its beginning is waited for. */
  readonly stream?: boolean;
}

/** Calls, and once more when the server says that this phone's clock is off, by the server's own. */
export async function call(place: Place, key: SigningKey, what: Call): Promise<Response> {
  const first = await once(place, key, what);
  if (first.ok) return first;
  const error = await refusal(first);
  if (error.slug !== "invalid-proof" || error.detail.reason !== "iat" || serverTime(first) === undefined) throw error;
  place.clock.adopt();
  const second = await once(place, key, what);
  if (second.ok) return second;
  throw await refusal(second);
}

/** Calls, and gives what the answer holds. */
export async function called(place: Place, key: SigningKey, what: Call): Promise<unknown> {
  return answer(await call(place, key, what));
}

async function once(place: Place, key: SigningKey, what: Call): Promise<Response> {
  const path = `${ROOT}${what.path}`;
  const [bare = path] = path.split("?");
  const now = place.clock.now();
  const url = `${place.issuer.replace(/\/$/, "")}${bare}`;
  const headers: Record<string, string> = { DPoP: await proof(key, { method: what.method, url, now, token: what.token }) };
  if (what.token !== undefined) headers["Authorization"] = `DPoP ${what.token}`;
  let body: string | undefined;
  if (what.signed) {
    headers["Content-Type"] = "application/jose";
    body = await sign(key, what.signed.typ, await what.signed.payload(now));
  } else if (what.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(what.json);
  }
  const { method, signal, stream } = what;
  const response = await request(path, { method, headers, body, signal, stream });
  const time = serverTime(response);
  if (time !== undefined) place.clock.heard(time);
  return response;
}

/** Why the server refused, from its problem document (RFC 9457). */
async function refusal(response: Response): Promise<PhoneError> {
  try {
    await answer(response);
  } catch (error) {
    if (error instanceof PhoneError) return error;
  }
  return new PhoneError("internal");
}
