// Whose key the phone becomes: a code that somebody else made could be another person's.

import type { JSX } from "preact";
import { t } from "../../app/words.js";
import { begun } from "./state.js";

/** The username of the activation under way. */
export function ForWhom(): JSX.Element | null {
  const username = begun.value?.username;
  return username ? <p class="lead">{t("activate-for", { username })}</p> : null;
}
