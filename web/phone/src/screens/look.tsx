// Which platform the app looks like; in the demo.

import type { JSX } from "preact";
import { chooseLook, look } from "../app/state.js";
import { t } from "../app/words.js";
import { Choice } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The choice. */
export function LookScreen(): JSX.Element {
  const options = [
    { value: "ios" as const, words: t("look-ios") },
    { value: "android" as const, words: t("look-android") },
  ];
  return (
    <Screen title={t("look")} back="/settings">
      <p>{t("look-words")}</p>
      <Choice label={t("look")} value={look.value} options={options} onChoose={chooseLook} />
    </Screen>
  );
}
