// What went wrong, in words that help.

import { PhoneError } from "../core/types.js";
import { t } from "./words.js";

/** The words for an error that a call of the core threw. */
export function explain(error: unknown): string {
  if (!(error instanceof PhoneError)) return t("problem-unexpected");
  const { attemptsLeft } = error.detail;
  const words = plain(error);
  return attemptsLeft === undefined ? words : `${words} ${t("attempts-left", { n: attemptsLeft })}`;
}

/** Whether the error only says that the user thought better of it. */
export function cancelled(error: unknown): boolean {
  return error instanceof PhoneError && error.slug === "cancelled";
}

/** Whether the user, or the phone for them, did not allow notifications. */
export function denied(error: unknown): boolean {
  return error instanceof PhoneError && error.slug === "unsupported" && error.detail.reason === "denied";
}

/** Whether nothing more can be done with the request. */
export function over(error: unknown): boolean {
  return error instanceof PhoneError && OVER.includes(error.slug);
}

const OVER = ["attempt-ended", "not-found", "wrong-number", "not-awaited", "device-not-active", "no-cards"];

function plain({ slug, detail }: PhoneError): string {
  switch (slug) {
    case "attempt-ended":
      return ended(detail.reason);
    case "card-refused":
      return t(CARD[detail.reason ?? ""] ?? "problem-card-refused");
    case "device-locked":
      return locked(detail.retryAfter, detail.reason);
    case "throttled":
      return t("problem-throttled", { n: detail.retryAfter ?? 1 });
    case "unsupported":
      return detail.reason === "denied" ? t("push-denied-words") : t("problem-unsupported");
    case "bad-request":
      return t(REFUSED[detail.reason ?? ""] ?? "problem-bad-request");
    default:
      return t(WORDS[slug] ?? "problem-unexpected");
  }
}

/** What is said of a step that failed, by the reason that the server gave; `login` where it was one of a login. */
export function failure(reason: string, attemptsLeft: number | undefined, login: boolean): string {
  const known = login ? { ...FAILURES, ...LOGIN_FAILURES } : FAILURES;
  const words = t(known[reason] ?? "problem-unexpected");
  return attemptsLeft === undefined ? words : `${words} ${t("attempts-left", { n: attemptsLeft })}`;
}

function ended(reason: string | undefined): string {
  return t(ENDED[reason ?? ""] ?? "problem-attempt-ended");
}

function locked(seconds: number | undefined, reason: string | undefined): string {
  if (seconds !== undefined) return t("problem-device-locked-minutes", { n: Math.ceil(seconds / 60) });
  return reason === "for_a_time" ? t("problem-device-locked-time") : t("problem-device-locked");
}

const ENDED: Record<string, string> = {
  abandoned: "problem-abandoned",
  already_answered: "problem-already-answered",
  denied: "problem-denied",
  expired: "problem-expired",
  too_many_attempts: "problem-too-many-attempts",
};

const FAILURES: Record<string, string> = {
  ...ENDED,
  wrong_response: "problem-wrong-response",
  wrong_number: "problem-wrong-number",
  code_over: "problem-code-over",
  wrong_code: "problem-wrong-code",
  device_locked: "problem-device-locked",
  no_usable_device: "problem-no-device",
  invalid_credentials: "problem-invalid-credentials",
};

const LOGIN_FAILURES: Record<string, string> = {
  wrong_response: "problem-login-failed",
  wrong_number: "problem-login-number",
};

const REFUSED: Record<string, string> = {
  label: "problem-label",
  label_taken: "problem-label-taken",
};

const CARD: Record<string, string> = {
  changed: "problem-statement-mismatch",
  insufficient_funds: "problem-card-funds",
  not_active: "problem-card-not-active",
  not_needed: "problem-card-not-needed",
  not_shown: "problem-card-not-shown",
  not_whole: "problem-card-not-whole",
  unknown_payment: "problem-card-unknown-payment",
};

const WORDS: Record<string, string> = {
  "already-answered": "problem-already-answered",
  busy: "problem-busy",
  "card-processor-unreachable": "problem-card-unreachable",
  "cross-origin": "problem-bad-request",
  denied: "problem-denied",
  "device-not-active": "problem-device-not-active",
  expired: "problem-expired",
  "invalid-credentials": "problem-invalid-credentials",
  "invalid-proof": "problem-clock",
  "invalid-session": "problem-expired",
  // The app never calls what these are about.
  "idempotency-key-missing": "problem-bad-request",
  "idempotency-key-reused": "problem-bad-request",
  "username-taken": "problem-bad-request",
  "insufficient-scope": "problem-bad-request",
  "role-needed": "problem-bad-request",
  "not-eligible": "problem-bad-request",
  "second-person-needed": "problem-bad-request",
  "temporary-access-in-a-row": "problem-bad-request",
  waits: "problem-bad-request",
  "wrong-state": "problem-bad-request",
  internal: "problem-internal",
  malformed: "problem-malformed",
  "method-not-allowed": "problem-bad-request",
  "no-cards": "problem-no-cards",
  "no-pin": "problem-unsupported",
  "code-alone-closed": "problem-code-alone-closed",
  "update-first": "problem-update-first",
  "no-veto": "problem-no-veto",
  "no-push": "problem-no-push",
  "no-usable-device": "problem-no-device",
  "device-limit": "problem-device-limit",
  "no-contact": "problem-no-contact",
  "rate-missing": "problem-rate-missing",
  "not-awaited": "problem-not-awaited",
  "not-found": "problem-not-found",
  "not-subscribed": "check-subscription-none",
  offline: "problem-offline",
  "statement-mismatch": "problem-statement-mismatch",
  standalone: "problem-standalone",
  storage: "problem-storage",
  timeout: "problem-timeout",
  "too-large": "problem-bad-request",
  "too-many-attempts": "problem-too-many-attempts",
  unauthorized: "problem-unauthorized",
  unavailable: "problem-unavailable",
  "unknown-activation": "problem-unknown-activation",
  "unknown-card": "problem-unknown-card",
  "unknown-change": "problem-unknown-change",
  "unknown-invitation": "problem-unknown-invitation",
  "unsupported-media-type": "problem-bad-request",
  "wrong-code": "problem-wrong-code",
  "wrong-number": "problem-wrong-number",
  "wrong-pin": "problem-wrong-pin",
  "wrong-purpose": "problem-wrong-purpose",
  "wrong-response": "problem-wrong-pin",
};
