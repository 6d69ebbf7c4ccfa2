// Another PIN: the present one, and the new one twice. The server judges both.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { wrongPin } from "../../app/new-pin.js";
import { back } from "../../app/router.js";
import { core, refreshAccounts } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Account } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Field, Form, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";

/** The form, then the good news. */
export function ChangePin({ account }: { readonly account: Account }): JSX.Element {
  const changed = useSignal(false);
  const at = `/username/${account.device}`;
  return (
    <Screen title={t("pin-change")} back={at}>
      {changed.value ? (
        <>
          <Notice kind="good"><p>{t("pin-changed")}</p></Notice>
          <Actions><Button onPress={() => back(at)}>{t("done")}</Button></Actions>
        </>
      ) : (
        <PinForm account={account} onChanged={() => (changed.value = true)} />
      )}
    </Screen>
  );
}

function PinForm({ account, onChanged }: { readonly account: Account; readonly onChanged: () => void }): JSX.Element {
  const current = useSignal("");
  const pin = useSignal("");
  const again = useSignal("");
  const action = useAction();
  const submit = (): void => {
    if (!/^\d{4,6}$/.test(current.value)) return action.refuse(t("pin-current-missing"));
    const wrong = wrongPin(pin.value, again.value);
    if (wrong !== undefined) return action.refuse(wrong);
    void action.run(async () => {
      await core().changePin(account, current.value, pin.value);
      await refreshAccounts();
      onChanged();
    });
  };
  return (
    <Form onSubmit={submit}>
      <p>{t("pin-change-words")}</p>
      <Trouble words={action.error} />
      <Field label={t("pin-current")} sort="pin" length={6} autocomplete="current-password" value={current.value} onInput={(value) => (current.value = value)} />
      <Notice><p>{t("pin-advice")}</p></Notice>
      <Field label={t("pin-new")} hint={t("pin-length")} sort="pin" length={6} autocomplete="new-password" value={pin.value} onInput={(value) => (pin.value = value)} />
      <Field label={t("pin-again")} sort="pin" length={6} autocomplete="new-password" value={again.value} onInput={(value) => (again.value = value)} />
      <Actions><Button submit busy={action.busy}>{t("pin-change")}</Button></Actions>
      <p class="quiet">{t("pin-forgotten")}</p>
    </Form>
  );
}
