// Members of what the server answered. An answer that has not the promised form is `malformed`.

import { PhoneError } from "./types";

/** A text. */
export function text(value: unknown, member: string): string {
  const held = memberOf(value, member);
  if (typeof held !== "string") throw new PhoneError("malformed", { reason: member });
  return held;
}

/** A whole number that is not negative. */
export function whole(value: unknown, member: string): number {
  const held = memberOf(value, member);
  if (!Number.isSafeInteger(held) || Number(held) < 0) throw new PhoneError("malformed", { reason: member });
  return Number(held);
}

/** An array. */
export function list(value: unknown, member: string): readonly unknown[] {
  const held = memberOf(value, member);
  if (!Array.isArray(held)) throw new PhoneError("malformed", { reason: member });
  return held;
}

/** A truth value; absent is false. */
export function flag(value: unknown, member: string): boolean {
  return memberOf(value, member) === true;
}

/** A text that may be absent. */
export function optional(value: unknown, member: string): string | undefined {
  const held = memberOf(value, member);
  return typeof held === "string" ? held : undefined;
}

/** A member, whatever it is. */
export function memberOf(value: unknown, member: string): unknown {
  if (typeof value !== "object" || value === null) throw new PhoneError("malformed", { reason: member });
  return (value as Record<string, unknown>)[member];
}
