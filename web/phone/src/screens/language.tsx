// English or Russian.

import type { JSX } from "preact";
import { chooseLanguage, language, LANGUAGES, t, type Language } from "../app/words.js";
import { useAction } from "../ui/action.js";
import { Choice, Trouble } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The choice. */
export function LanguageScreen(): JSX.Element {
  const action = useAction();
  const names: Record<Language, string> = { en: t("language-en"), ru: t("language-ru") };
  const options = LANGUAGES.map((value) => ({ value, words: names[value] }));
  return (
    <Screen title={t("language")} back="/settings">
      <Choice label={t("language-choose")} value={language.value} options={options} onChoose={(wanted) => void action.run(() => chooseLanguage(wanted))} />
      <Trouble words={action.error} />
    </Screen>
  );
}
