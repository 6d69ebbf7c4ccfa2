// What happened with the user's devices and logins, and "it wasn't me" beside each of it.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { moment } from "../../app/format.js";
import { config, core } from "../../app/state.js";
import { language, t } from "../../app/words.js";
import type { Account, ActivityLine } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Empty, Group, Notice, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { askSure } from "../../ui/sheet.js";
import { DeskRows } from "../desk-rows.js";

/** The lines, newest first. */
export function Activity({ account }: { readonly account: Account }): JSX.Element {
  const lines = useSignal<readonly ActivityLine[] | undefined>(undefined);
  const reported = useSignal(false);
  const action = useAction();
  const fetch = (): void => void action.run(async () => {
    lines.value = await core().activity(account, language.value);
  });
  const report = (attempt: string): void => void action.run(async () => {
    const told = config.value?.desk_told ? t("report-desk") : t("report-call");
    if (!(await askSure({ title: t("report-sure"), words: [t("activity-report-words"), told], yes: t("report-yes"), no: t("cancel") }))) return;
    await core().disown(account, attempt);
    reported.value = true;
    lines.value = await core().activity(account, language.value);
  });
  useEffect(fetch, [account.device, language.value]);
  return (
    <Screen title={t("activity")} back={`/username/${account.device}`}>
      <Trouble words={action.error} />
      {reported.value && <Notice kind="good" title={t("outcome-reported")}><p>{t("outcome-reported-next")}</p></Notice>}
      {reported.value && (config.value?.desk.length ?? 0) > 0 && <Group title={t("desk")}><DeskRows /></Group>}
      {action.error !== undefined && <Actions><Button onPress={fetch}>{t("try-again")}</Button></Actions>}
      {lines.value === undefined && action.error === undefined && <Waiting />}
      {lines.value?.length === 0 && <Empty icon="list" title={t("activity-none")} words={t("activity-words")} />}
      {(lines.value?.length ?? 0) > 0 && (
        <section class="group">
          <ul class="rows">
            {lines.value?.map((line, index) => <li key={index}><Line line={line} busy={action.busy} onReport={report} /></li>)}
          </ul>
          <p class="note">{t("activity-words")}</p>
        </section>
      )}
    </Screen>
  );
}

interface LineProps {
  readonly line: ActivityLine;
  readonly busy: boolean;
  readonly onReport: (attempt: string) => void;
}

function Line({ line, busy, onReport }: LineProps): JSX.Element {
  const { report } = line;
  return (
    <div class={line.alarming ? "row alarming" : "row"}>
      <span class="row-text">
        <span class="row-title">{line.text}</span>
        <span class="row-words">{[moment(line.at), line.address].filter(Boolean).join(" · ")}</span>
      </span>
      {report !== undefined && (
        <button class="row-act" type="button" aria-disabled={busy ? "true" : undefined} aria-label={`${t("not-me")} – ${line.text}`} onClick={() => busy || onReport(report)}>{t("not-me")}</button>
      )}
    </div>
  );
}
