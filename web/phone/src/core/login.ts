// The app's own session at the server, and an ordinary login inside the app with any of the user's devices
// (OAuth 2.0 for First-Party Applications, draft 04).

import type { Clock } from "./clock";
import { answer, request } from "./http";
import { nextOf } from "./next";
import { base64url, sha256, utf8 } from "./octets";
import { memberOf, optional, text, whole } from "./read";
import { type Login, PhoneError, type Session } from "./types";

/** The app's name at the server. */
const CLIENT = "phone-app";

/** The server holds a request for 30 seconds at most; the answer then needs its time. */
const WAIT_AND_ANSWER = 45_000;

/** One answer to a step. */
export interface Step {
  readonly device_id?: string;
  readonly method?: string;
  readonly response?: string;
  readonly wait?: number;
}

/** The session that the browser's cookie stands for; `undefined` when there is none. */
export async function session(): Promise<Session | undefined> {
  const held = await answer(await request("/app/session", { method: "GET" }));
  return held === undefined ? undefined : { username: text(held, "username"), expires_at: whole(held, "expires_at") };
}

/** Ends it. */
export async function endSession(): Promise<void> {
  await answer(await request("/app/session/end", { method: "POST" }));
}

/** A login under way. It does not outlive the page: its secrets are in memory alone. */
export class LoginAttempt {
  #session = "";
  #verifier = "";

  constructor(private readonly clock: Clock) {}

  /** Username and password. */
  async begin(username: string, password: string): Promise<Login> {
    this.#verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const challenge = base64url(await sha256(utf8(this.#verifier)));
    const first = { client_id: CLIENT, username, password, code_challenge: challenge, code_challenge_method: "S256" };
    const next = await this.#send(first);
    // The password alone never opens a session.
    if (next === "done") throw new PhoneError("malformed");
    return next;
  }

  /** One step; `done` when the app's session is open. */
  async step(step: Step): Promise<Login | "done"> {
    if (this.#session === "") throw new PhoneError("expired");
    const { wait, ...answers } = step;
    const fields = { client_id: CLIENT, auth_session: this.#session, ...answers };
    return this.#send(wait === undefined ? fields : { ...fields, wait: String(wait) });
  }

  async #send(fields: Readonly<Record<string, string>>): Promise<Login | "done"> {
    const response = await request("/oauth2/authorize-challenge", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
      patience: WAIT_AND_ANSWER,
    });
    const held: unknown = await response.json().catch(() => {
      throw new PhoneError("internal");
    });
    if (response.ok) return this.#redeem(text(held, "authorization_code"));
    this.#session = optional(held, "auth_session") ?? "";
    const failure = failureOf(held);
    if (optional(held, "error") !== "insufficient_authorization" || this.#session === "") {
      throw refused(held, failure);
    }
    return {
      next: nextOf(memberOf(held, "next")),
      expiresAt: this.clock.in(whole(held, "expires_in")),
      ...(failure && { failure }),
    };
  }

  async #redeem(code: string): Promise<"done"> {
    const body = JSON.stringify({ code, code_verifier: this.#verifier });
    this.#session = "";
    this.#verifier = "";
    const headers = { "Content-Type": "application/json" };
    await answer(await request("/app/session", { method: "POST", headers, body }));
    return "done";
  }
}

type Failure = NonNullable<Login["failure"]>;

function failureOf(held: unknown): Failure | undefined {
  const failure = memberOf(held, "failure");
  if (failure === undefined) return undefined;
  const left = memberOf(failure, "attempts_left");
  return { reason: text(failure, "reason"), ...(typeof left === "number" && { attemptsLeft: left }) };
}

/** The end of an attempt, as an error whose slug is the reason's own name. */
function refused(held: unknown, failure: Failure | undefined): PhoneError {
  const slug = failure?.reason ?? optional(held, "error") ?? "internal";
  const given = memberOf(held, "failure");
  const after = given === undefined ? undefined : memberOf(given, "retry_after");
  return new PhoneError(slug.replaceAll("_", "-"), {
    ...(failure?.attemptsLeft !== undefined && { attemptsLeft: failure.attemptsLeft }),
    ...(typeof after === "number" && { retryAfter: after }),
  });
}
