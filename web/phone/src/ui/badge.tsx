// How many requests wait, on whatever leads to them.

import type { JSX } from "preact";
import { waitingCount } from "../app/state.js";
import { t } from "../app/words.js";

/** How many requests wait. */
export function Badge(): JSX.Element | null {
  const n = waitingCount.value;
  if (n === 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{n}</span>
      <span class="hidden">{t("requests-waiting", { n })}</span>
    </span>
  );
}
