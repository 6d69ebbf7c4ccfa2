// Help that is there with no network.

import type { JSX } from "preact";
import { t } from "../app/words.js";
import { Group, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The questions. */
export function Help(): JSX.Element {
  return (
    <Screen title={t("help")} back="/settings">
      <div class="questions">
        <Question title={t("help-login")} steps={[t("help-login-1"), t("help-login-2"), t("help-login-3")]} />
        <Question title={t("help-offline")} steps={[t("help-offline-1"), t("help-offline-2"), t("help-offline-3"), t("help-offline-4")]} />
        <Question title={t("help-digit")} steps={[t("help-digit-1"), t("help-digit-2"), t("help-digit-3")]} />
        <Question title={t("help-not-me")} steps={[t("help-not-me-1"), t("help-not-me-2")]} />
        <Question title={t("help-new-phone")} steps={[t("help-new-phone-1"), t("help-new-phone-2"), t("help-new-phone-3")]} />
        <Question title={t("help-pin")} steps={[t("help-pin-1"), t("help-pin-2")]} />
        <Question title={t("help-push")} steps={[t("help-push-1"), t("help-push-2")]} />
      </div>
      <Group>
        <Row icon="check" title={t("check")} to="/check" />
        <Row icon="call" title={t("desk")} to="/desk" />
      </Group>
    </Screen>
  );
}

function Question({ title, steps }: { readonly title: string; readonly steps: readonly string[] }): JSX.Element {
  return (
    <details class="question">
      <summary>{title}</summary>
      <ul class="points">{steps.map((step) => <li key={step}>{step}</li>)}</ul>
    </details>
  );
}
