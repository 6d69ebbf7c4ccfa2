// What waits for an answer, on every username of this phone.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { secondsUntil } from "../../../pages/src/clock.js";
import { useSignal } from "@preact/signals";
import { headline } from "../app/operation.js";
import { explain } from "../app/problems.js";
import { accounts, allWaiting, awaits, core, trouble } from "../app/state.js";
import { t } from "../app/words.js";
import { useAction } from "../ui/action.js";
import { Actions, Button, Empty, Group, Notice, Row, Trouble } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The list. */
export function Requests(): JSX.Element {
  const action = useAction();
  const all = allWaiting.value;
  const several = accounts.value.length > 1;
  const ask = (): Promise<void> =>
    action.run(async () => {
      await Promise.all(accounts.value.map(async (one) => awaits(one.device, await core().pending(one))));
    });
  return (
    <Screen title={t("requests")}>
      {trouble.value && <Notice kind="warn"><p>{explain(trouble.value)}</p></Notice>}
      <Trouble words={action.error} />
      {all.length === 0 ? (
        <Empty icon="bell" title={t("requests-none")} words={accounts.value.length === 0 ? t("requests-no-key") : t("requests-none-words")} />
      ) : (
        <Group>
          {all.map(({ device, pending }) => (
            <Row
              key={pending.id}
              icon={pending.operation.type === "login" ? "shield" : "money"}
              title={headline(pending.operation)}
              words={several ? accounts.value.find((one) => one.device === device)?.username : undefined}
              value={<Left until={pending.expiresAt} />}
              to={`/request/${device}/${pending.id}`}
            />
          ))}
        </Group>
      )}
      <Group note={t("requests-note")}>
        <Row icon="scan" title={t("scan")} to="/scan" />
        <Row icon="keypad" title={t("respond")} words={t("respond-short")} to="/respond" />
        <Row icon="money" title={t("respond-money")} to="/respond/money" />
      </Group>
      {accounts.value.length > 0 && (
        <Actions><Button kind="plain" busy={action.busy} onPress={() => void ask()}>{t("requests-ask")}</Button></Actions>
      )}
    </Screen>
  );
}

/** Whole minutes: a list is no stopwatch. */
function Left({ until }: { readonly until: number }): JSX.Element {
  const n = useSignal(Math.ceil(secondsUntil(until, Date.now()) / 60));
  useEffect(() => {
    const timer = window.setInterval(() => (n.value = Math.ceil(secondsUntil(until, Date.now()) / 60)), 5000);
    return () => window.clearInterval(timer);
  }, [until]);
  return <>{t("minutes", { n: n.value })}</>;
}
