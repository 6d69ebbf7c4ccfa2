// A request that waits, seen from every screen of both forms that does not show it anyway.

import type { JSX } from "preact";
import { headline } from "../app/operation.js";
import { go, place } from "../app/router.js";
import { allWaiting } from "../app/state.js";
import { t } from "../app/words.js";
import { Icon } from "./icons.js";

/** First parts of the places where requests stand by themselves. */
const SHOW_THEM: readonly (string | undefined)[] = [undefined, "requests", "request"];

/** The first request, a tap away. */
export function Arrived(): JSX.Element | null {
  if (SHOW_THEM.includes(place.value.path[0])) return null;
  const all = allWaiting.value;
  const [first] = all;
  if (!first) return null;
  const to = all.length === 1 ? `/request/${first.device}/${first.pending.id}` : "/requests";
  return (
    <div class="arrived">
      <button type="button" onClick={() => go(to)}>
        <Icon name="bell" />
        <span class="row-text">
          <span class="row-title">{all.length === 1 ? t("requests-came") : t("requests-waiting", { n: all.length })}</span>
          <span class="row-words">{headline(first.pending.operation)}</span>
        </span>
        <Icon name="next" />
      </button>
    </div>
  );
}
