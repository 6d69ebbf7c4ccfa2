// What a card looks like: grey while it is pending, in full colour when active, crossed when it is over.

import type { JSX } from "preact";
import type { Card } from "../../core/types.js";
import { config } from "../../app/state.js";
import { t } from "../../app/words.js";
import { Logo } from "../../ui/icons.js";

/** The card's face. */
export function Face({ card }: { readonly card: Card }): JSX.Element {
  return (
    <span class={`face ${card.state}`}>
      <span class="face-top">
        <Logo />
        <span>{config.value?.product}</span>
      </span>
      <span class="face-number"><span aria-hidden="true">•••• </span><span class="hidden">{t("card-ending")} </span>{card.last_four}</span>
      <span class="face-bottom">
        <span>{card.label}</span>
        <span class="face-state">{state(card)}</span>
      </span>
    </span>
  );
}

function state({ state: now }: Card): string {
  const words: Record<Card["state"], string> = {
    pending: "card-state-pending",
    active: "card-state-active",
    blocked: "card-state-blocked",
    cancelled: "card-state-cancelled",
  };
  return t(words[now]);
}
