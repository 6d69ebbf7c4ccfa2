// The iOS form's tab bar; *More* at its lower right.

import type { JSX } from "preact";
import { place } from "../app/router.js";
import { t } from "../app/words.js";
import { Badge } from "../ui/badge.js";
import { Icon, type IconName } from "../ui/icons.js";

interface Tab {
  readonly to: string;
  readonly icon: IconName;
  readonly words: string;
  /** First parts of the places that belong to it. */
  readonly holds: readonly (string | undefined)[];
}

/** The tab bar. */
export function TabBar(): JSX.Element {
  const here = place.value.path[0];
  return (
    <nav class="tabs" aria-label={t("tabs")}>
      {tabs().map(({ to, icon, words, holds }) => (
        <a key={to} href={`#${to}`} aria-current={holds.includes(here) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{words}</span>
          {to === "/requests" && <Badge />}
        </a>
      ))}
    </nav>
  );
}

function tabs(): readonly Tab[] {
  const outside = ["requests", "request", "scan", "respond"];
  const own = [undefined, "trade", "authentication", "cards", "activate"];
  const here = place.value.path[0];
  const rest = [...outside, ...own].includes(here) ? [] : [here];
  return [
    { to: "/", icon: "home", words: t("home-tab"), holds: own },
    { to: "/requests", icon: "bell", words: t("requests-tab"), holds: ["requests", "request", "scan"] },
    { to: "/respond", icon: "keypad", words: t("respond-tab"), holds: ["respond"] },
    { to: "/more", icon: "more", words: t("more-tab"), holds: rest },
  ];
}
