// The phone's name, as the chooser and the settings page show it.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { back } from "../../app/router.js";
import { core, news, refreshAccounts } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Account } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Field, Form } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";

/** The form. */
export function Rename({ account }: { readonly account: Account }): JSX.Element {
  const label = useSignal(account.label);
  const action = useAction();
  const at = `/username/${account.device}`;
  const submit = (): void => {
    const wanted = label.value.trim();
    if (wanted === "") return action.refuse(t("field-empty"));
    void action.run(async () => {
      await core().rename(account, wanted);
      await refreshAccounts();
      news.value = t("renamed", { label: wanted });
      back(at);
    });
  };
  return (
    <Screen title={t("rename")} back={at}>
      <Form onSubmit={submit}>
        <Field label={t("label")} hint={t("label-hint")} length={60} value={label.value} onInput={(value) => (label.value = value)} error={action.error} />
        <Actions><Button submit busy={action.busy}>{t("save")}</Button></Actions>
      </Form>
    </Screen>
  );
}
