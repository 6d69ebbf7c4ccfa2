// The desk's telephone numbers by country.

import type { JSX } from "preact";
import { config } from "../app/state.js";
import { t } from "../app/words.js";
import { Empty, Group } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";
import { Calling } from "./calling.js";
import { DeskRows } from "./desk-rows.js";

/** The numbers. */
export function Desk(): JSX.Element {
  const none = (config.value?.desk.length ?? 0) === 0;
  return (
    <Screen title={t("desk")} back="/settings">
      <Calling />
      <p>{t("desk-words")}</p>
      {none ? <Empty icon="call" title={t("desk-none")} words={t("desk-none-words")} /> : <Group><DeskRows /></Group>}
    </Screen>
  );
}
