// The transfer lock: how it stands, and one button that closes it. It opens on the settings page, with the strongest device.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { moment } from "../app/format.js";
import { account, core } from "../app/state.js";
import { t } from "../app/words.js";
import type { Account, TransferLock } from "../core/types.js";
import { useAction } from "../ui/action.js";
import { Actions, Button, Notice, Trouble } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The screen. */
export function LockScreen(): JSX.Element {
  const of = account.value;
  return (
    <Screen title={t("lock")} back="/">
      <p>{t("lock-words")}</p>
      {of && <Lock key={of.device} of={of} />}
    </Screen>
  );
}

function Lock({ of }: { readonly of: Account }): JSX.Element {
  const lock = useSignal<TransferLock | undefined>(undefined);
  const action = useAction();
  const load = (): Promise<void> =>
    action.run(async () => {
      lock.value = await core().transferLock(of);
    });
  useEffect(() => void load(), []);
  const close = (): Promise<void> =>
    action.run(async () => {
      lock.value = await core().closeLock(of);
    });
  const stands = lock.value;
  return (
    <>
      {stands && <Notice kind={stands.state === "open" ? "info" : "good"} title={stateWords(stands)}>{detail(stands)}</Notice>}
      <Trouble words={action.error} />
      {stands?.state !== "closed" && (
        <Actions>
          <Button kind="danger" icon="close" busy={action.busy} onPress={() => void close()}>{t(stands?.state === "opening" ? "lock-keep" : "lock-close")}</Button>
        </Actions>
      )}
    </>
  );
}

function stateWords(lock: TransferLock): string {
  if (lock.until !== undefined) return t("lock-opening", { when: moment(lock.until) });
  if (lock.state === "open") return t("lock-open");
  return t(lock.cards ? "lock-closed-cards" : "lock-closed");
}

function detail({ state }: TransferLock): JSX.Element {
  return <p>{t(state === "open" ? "lock-close-words" : "lock-open-words")}</p>;
}
