// How a request ended, and what that means.

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Operation } from "../../core/types.js";
import { t } from "../../app/words.js";
import { config } from "../../app/state.js";
import { Icon, type IconName } from "../../ui/icons.js";
import { Actions, Button, Group } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { DeskRows } from "../desk-rows.js";

/** The end of a request on this screen. */
export type Ending =
  | { readonly how: "approved"; readonly words: string; readonly next?: { readonly words: string; readonly act: () => void }; readonly stays?: boolean }
  | { readonly how: "denied" }
  | { readonly how: "reported"; readonly operation: Operation }
  | { readonly how: "over"; readonly words: string };

/** How long the end of a request is shown where nothing is left to do, in milliseconds. */
const SHOWN = 5_000;

/** The last screen of a request. It closes by itself where it only says that all is done. */
export function Outcome({ ending, onDone }: { readonly ending: Ending; readonly onDone: () => void }): JSX.Element {
  useLayoutEffect(() => {
    if (!closes(ending)) return;
    const timer = window.setTimeout(onDone, SHOWN);
    return () => window.clearTimeout(timer);
  }, [ending]);
  return (
    <Screen title={title(ending)} back="/">
      <div class={`outcome ${ending.how}`}>
        <span class="outcome-icon"><Icon name={ICONS[ending.how]} /></span>
        {words(ending).map((line) => <p key={line}>{line}</p>)}
      </div>
      {ending.how === "reported" && (config.value?.desk.length ?? 0) > 0 && (
        <Group title={t("desk")}><DeskRows /></Group>
      )}
      <Actions>
        {ending.how === "approved" && ending.next && <Button onPress={ending.next.act}>{ending.next.words}</Button>}
        <Button kind={ending.how === "approved" && ending.next ? "plain" : "filled"} onPress={onDone}>{t("done")}</Button>
      </Actions>
    </Screen>
  );
}

function closes(ending: Ending): boolean {
  return ending.how === "denied" || (ending.how === "approved" && !ending.next && !ending.stays);
}

const ICONS: Record<Ending["how"], IconName> = { approved: "check", denied: "close", reported: "shield", over: "clock" };

function title(ending: Ending): string {
  switch (ending.how) {
    case "approved":
      return t("outcome-approved");
    case "denied":
      return t("outcome-denied");
    case "reported":
      return t("outcome-reported");
    case "over":
      return t("outcome-over");
  }
}

function words(ending: Ending): string[] {
  switch (ending.how) {
    case "approved":
      return [ending.words];
    case "denied":
      return [t("outcome-denied-words")];
    case "reported":
      return reported(ending.operation);
    case "over":
      return [ending.words];
  }
}

/** What a report did, by what it was about. */
function reported({ type }: Operation): string[] {
  const told = config.value?.desk_told ? [t("outcome-reported-desk")] : [];
  switch (type) {
    case "login":
      return [t("outcome-reported-login"), ...told, t("outcome-reported-next")];
    case "card_payment":
    case "card_preauthorisation":
      return [t("outcome-reported-payment"), ...told, t("outcome-reported-more")];
    default:
      return [t("outcome-reported-words"), ...told, t("outcome-reported-next")];
  }
}
