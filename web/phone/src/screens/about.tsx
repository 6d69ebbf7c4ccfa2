// What this app is, and what it keeps on the phone.

import type { JSX } from "preact";
import { config } from "../app/state.js";
import { t } from "../app/words.js";
import { Logo } from "../ui/icons.js";
import { Group, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** About. */
export function About(): JSX.Element {
  return (
    <Screen title={t("about")} back="/settings">
      <div class="outcome">
        <span class="about-logo"><Logo /></span>
        <p class="about-product">{config.value?.product}</p>
        <p>{t("about-words")}</p>
      </div>
      <Group title={t("about-keeps")}>
        <Row title={t("about-key")} words={t("about-key-words")} icon="key" />
        <Row title={t("about-pin")} words={t("about-pin-words")} icon="keypad" />
        <Row title={t("about-server")} words={config.value?.issuer} icon="globe" />
      </Group>
    </Screen>
  );
}
