// What is wrong with a new PIN, in words.

import { pinFault } from "../core/pin.js";
import { t } from "./words.js";

/** The words; undefined when `pin` may be used and was typed the same `again`. */
export function wrongPin(pin: string, again: string): string | undefined {
  const fault = pinFault(pin);
  if (fault === "length" || fault === "characters") return t("pin-length");
  if (fault !== undefined) return t("pin-trivial");
  return pin === again ? undefined : t("pin-differs");
}
