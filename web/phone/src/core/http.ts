// Requests with a limit of their own, and answers read.

import { PhoneError } from "./types";

/** Longest wait for an answer, in milliseconds. */
const PATIENCE = 20_000;

/** A request to our own server. */
export interface Asked {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly patience?: number | undefined;
  /** The answer comes bit by bit: only its beginning is waited for. */
  readonly stream?: boolean | undefined;
}

/** Asks. Throws `offline`, `timeout`, or `cancelled` when the caller's signal said so. */
export async function request(path: string, asked: Asked): Promise<Response> {
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    ended.abort();
  }, asked.patience ?? PATIENCE);
  asked.signal?.addEventListener("abort", stop);
  try {
    if (asked.signal?.aborted) throw new PhoneError("cancelled");
    const { method, headers, body } = asked;
    const response = await fetch(path, {
      method,
      ...(headers && { headers: { ...headers } }),
      ...(body !== undefined && { body }),
      signal: ended.signal,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
    });
    if (asked.stream && response.ok) return response;
    // The limit holds for the whole answer.
    const octets = await response.arrayBuffer();
    const { status, statusText } = response;
    return new Response(octets.byteLength > 0 ? octets : null, { status, statusText, headers: response.headers });
  } catch (error) {
    if (error instanceof PhoneError) throw error;
    if (late) throw new PhoneError("timeout");
    throw new PhoneError(asked.signal?.aborted ? "cancelled" : "offline");
  } finally {
    clearTimeout(timer);
    if (!asked.stream) asked.signal?.removeEventListener("abort", stop);
  }
}

/** What an answer holds (`undefined` when nothing); throws what a problem document says (RFC 9457). */
export async function answer(response: Response): Promise<unknown> {
  const text = await response.text();
  let held: unknown;
  try {
    held = text === "" ? undefined : JSON.parse(text);
  } catch {
    throw new PhoneError(response.ok ? "malformed" : "internal");
  }
  if (response.ok) return held;
  throw problem(held);
}

function problem(held: unknown): PhoneError {
  if (typeof held !== "object" || held === null) return new PhoneError("internal");
  const { type, reason, attempts_left: left, retry_after: after } = held as Record<string, unknown>;
  if (typeof type !== "string") return new PhoneError("internal");
  return new PhoneError(type.slice(type.lastIndexOf("/") + 1), {
    ...(typeof reason === "string" && { reason }),
    ...(typeof left === "number" && { attemptsLeft: left }),
    ...(typeof after === "number" && { retryAfter: after }),
  });
}

/** Unix seconds at the server when it answered, where it says so. */
export function serverTime(response: Response): number | undefined {
  const said = response.headers.get("x-server-time");
  return said !== null && /^[0-9]{1,12}$/.test(said) ? Number(said) : undefined;
}
