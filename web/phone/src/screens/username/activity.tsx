// What happened with the user's devices and logins.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { moment } from "../../app/format.js";
import { core } from "../../app/state.js";
import { language, t } from "../../app/words.js";
import type { Account, ActivityLine } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Empty, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";

/** The lines, newest first. */
export function Activity({ account }: { readonly account: Account }): JSX.Element {
  const lines = useSignal<readonly ActivityLine[] | undefined>(undefined);
  const action = useAction();
  const fetch = (): void => void action.run(async () => {
    lines.value = await core().activity(account, language.value);
  });
  useEffect(fetch, [account.device, language.value]);
  return (
    <Screen title={t("activity")} back={`/username/${account.device}`}>
      <Trouble words={action.error} />
      {action.error !== undefined && <Actions><Button onPress={fetch}>{t("try-again")}</Button></Actions>}
      {lines.value === undefined && action.error === undefined && <Waiting />}
      {lines.value?.length === 0 && <Empty icon="list" title={t("activity-none")} words={t("activity-words")} />}
      {(lines.value?.length ?? 0) > 0 && (
        <section class="group">
          <ul class="rows">
            {lines.value?.map((line, index) => (
              <li key={index}>
                <div class={line.alarming ? "row alarming" : "row"}>
                  <span class="row-text">
                    <span class="row-title">{line.text}</span>
                    <span class="row-words">{[moment(line.at), line.address].filter(Boolean).join(" · ")}</span>
                  </span>
                </div>
              </li>
            ))}
          </ul>
          <p class="note">{t("activity-words")}</p>
        </section>
      )}
    </Screen>
  );
}
