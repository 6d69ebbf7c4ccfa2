// Notifications on this phone for one username.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go } from "../../app/router.js";
import { denied } from "../../app/problems.js";
import { core } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Account } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Notice, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";

type State = "on" | "off" | "denied" | "unsupported" | "ios_home_screen";

/** How it stands, and what can be done. */
export function Push({ account }: { readonly account: Account }): JSX.Element {
  const state = useSignal<State | undefined>(undefined);
  const action = useAction();
  const ask = async (): Promise<void> => {
    state.value = await core().pushState(account);
  };
  useEffect(() => void action.run(ask), [account.device]);
  const turnOn = (): void => void action.run(async () => {
    await core().pushOn(account);
    await ask();
  }, (error) => {
    if (denied(error)) void ask();
    return denied(error);
  });
  const turnOff = (): void => void action.run(async () => {
    await core().pushOff(account);
    await ask();
  });
  return (
    <Screen title={t("push")} back={`/username/${account.device}`}>
      <p class="lead">{t("push-words")}</p>
      <Trouble words={action.error} />
      {state.value === undefined ? <Waiting /> : <Stand state={state.value} />}
      <Actions>
        {state.value === "off" && <Button icon="bell" busy={action.busy} onPress={turnOn}>{t("push-turn-on")}</Button>}
        {state.value === "on" && <Button kind="tonal" busy={action.busy} onPress={turnOff}>{t("push-turn-off")}</Button>}
        <Button kind="plain" onPress={() => go(`/check/${account.device}`)}>{t("check")}</Button>
      </Actions>
    </Screen>
  );
}

function Stand({ state }: { readonly state: State }): JSX.Element {
  switch (state) {
    case "on":
      return <Notice kind="good" title={t("push-is-on")}><p>{t("push-on-words")}</p></Notice>;
    case "off":
      return <Notice kind="warn" title={t("push-is-off")}><p>{t("push-off-words")}</p></Notice>;
    case "denied":
      return <Notice kind="warn" title={t("push-denied")}><p>{t("push-denied-words")}</p></Notice>;
    case "unsupported":
      return <Notice kind="warn" title={t("push-unsupported")}><p>{t("push-off-words")}</p></Notice>;
    case "ios_home_screen":
      return <Notice kind="warn" title={t("push-is-off")}><p>{t("push-ios-home-screen")}</p></Notice>;
  }
}
