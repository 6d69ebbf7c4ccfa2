// What a confirmation asks for next, as it came from the server.

import { text } from "./read";
import { type Next, PhoneError } from "./types";

const STEPS: readonly string[] = ["choose_device", "approve", "respond", "code_card", "passcode", "qr"];

/** Reads it; a step that this app does not know is `unsupported`. */
export function nextOf(value: unknown): Next {
  const step = text(value, "step");
  if (!STEPS.includes(step)) throw new PhoneError("unsupported", { reason: step });
  return value as Next;
}
