// It is active: what ended with it, notifications, and on to what was tapped first.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Activated } from "../../core/types.js";
import { moment } from "../../app/format.js";
import { denied } from "../../app/problems.js";
import { replace } from "../../app/router.js";
import { core } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Icon } from "../../ui/icons.js";
import { Actions, Button, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { following } from "./state.js";

/** The end. */
export function Done({ done, query }: { readonly done: Activated; readonly query: URLSearchParams }): JSX.Element {
  const then = following(query);
  return (
    <Screen title={t("activate-done")} back="/">
      <div class="outcome approved">
        <span class="outcome-icon"><Icon name="check" /></span>
        <p>{t("activate-done-words", { username: done.account.username, label: done.account.label })}</p>
      </div>
      {done.ended.length > 0 && (
        <Notice title={t("activate-ended")}>
          {done.ended.map(({ id, label, since }) => <p key={id}>{t("activate-ended-device", { label, when: moment(since) })}</p>)}
        </Notice>
      )}
      <Notifications done={done} />
      <Actions><Button onPress={() => replace(then)}>{then === "/" || then === "/authentication" ? t("done") : t("continue")}</Button></Actions>
    </Screen>
  );
}

function Notifications({ done }: { readonly done: Activated }): JSX.Element | null {
  const state = useSignal<string | undefined>(undefined);
  const action = useAction();
  const ask = (): void => void core().pushState(done.account).then((found) => (state.value = found), () => undefined);
  useEffect(ask, []);
  if (state.value === undefined || state.value === "unsupported") return null;
  if (state.value === "denied") return <Notice kind="warn" title={t("push-denied")}><p>{t("push-denied-words")}</p></Notice>;
  if (state.value === "on") return <Notice kind="good"><p>{t("push-is-on")}</p></Notice>;
  const turnOn = (): Promise<void> => action.run(async () => {
    await core().pushOn(done.account);
    state.value = "on";
  }, (error) => {
    if (denied(error)) ask();
    return denied(error);
  });
  return (
    <section class="hint-card">
      <h2>{t("push")}</h2>
      <p>{state.value === "ios_home_screen" ? t("push-ios-home-screen") : t("push-words")}</p>
      <Trouble words={action.error} />
      {state.value === "off" && <Button kind="tonal" icon="bell" busy={action.busy} onPress={() => void turnOn()}>{t("push-turn-on")}</Button>}
    </section>
  );
}
