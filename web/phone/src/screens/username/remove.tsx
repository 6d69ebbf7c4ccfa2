// Takes a username off this phone.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { replace } from "../../app/router.js";
import { core, refreshAccounts } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Account } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { askSure } from "../../ui/sheet.js";

/** What it means, and the button. */
export function Remove({ account }: { readonly account: Account }): JSX.Element {
  const untold = useSignal(false);
  const action = useAction();
  const at = `/username/${account.device}`;
  const remove = (): Promise<void> =>
    action.run(async () => {
      const { username } = account;
      if (!(await askSure({ title: t("remove-sure", { username }), words: [t("remove-sure-words")], yes: t("remove-yes"), no: t("cancel") }))) return;
      const { server } = await core().remove(account);
      untold.value = !server;
      if (!server) return;
      await refreshAccounts();
      replace("/usernames");
    });
  const leave = async (): Promise<void> => {
    await refreshAccounts();
    replace("/usernames");
  };
  if (untold.value) {
    return (
      <Screen title={t("removed")} back="/usernames">
        <Notice kind="warn"><p>{t("remove-untold")}</p></Notice>
        <Actions><Button onPress={() => void leave()}>{t("done")}</Button></Actions>
      </Screen>
    );
  }
  return (
    <Screen title={t("remove")} back={at}>
      <p class="lead">{t("remove-words", { username: account.username })}</p>
      <ul class="points">
        <li>{t("remove-point-key")}</li>
        <li>{t("remove-point-others")}</li>
        <li>{t("remove-point-again")}</li>
      </ul>
      <Trouble words={action.error} />
      <Actions><Button kind="danger" icon="trash" busy={action.busy} onPress={() => void remove()}>{t("remove")}</Button></Actions>
    </Screen>
  );
}
