// The core as the views get it.

import type { Core } from "./types";

/** The core of the app. */
export function createCore(): Core {
  throw new Error("not yet");
}
