// Why do notifications not come? Each thing they need, what is wrong with it, what to do; and a test.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { account, accountOf, accounts, core } from "../app/state.js";
import { t } from "../app/words.js";
import type { Account, Check } from "../core/types.js";
import type { Route } from "../shell/screens.js";
import { useAction } from "../ui/action.js";
import { Icon } from "../ui/icons.js";
import { Actions, Button, Empty, Notice, Select, Trouble, Waiting } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";
import { advice, title } from "./check-words.js";
import { go } from "../app/router.js";

/** `/check` and `/check/DEVICE`. */
export function SelfCheck({ rest: [device] }: Route): JSX.Element {
  const wanted = useSignal(device);
  const one = accountOf(wanted.value) ?? account.value;
  const options = accounts.value.map(({ device: value, username: words }) => ({ value, words }));
  return (
    <Screen title={t("check")} back="/settings">
      {one && options.length > 1 && <Select label={t("login-username")} value={one.device} options={options} onChoose={(next) => (wanted.value = next)} />}
      {one ? <Checks key={one.device} account={one} /> : <NoKey />}
    </Screen>
  );
}

function NoKey(): JSX.Element {
  return (
    <>
      <Empty icon="check" title={t("no-key")} words={t("no-key-words")} />
      <Actions><Button onPress={() => go("/activate?then=/check")}>{t("activate")}</Button></Actions>
    </>
  );
}

function Checks({ account: one }: { readonly account: Account }): JSX.Element {
  const checks = useSignal<readonly Check[] | undefined>(undefined);
  const sent = useSignal(false);
  const action = useAction();
  const look = async (): Promise<void> => {
    checks.value = await core().selfCheck(one);
  };
  useEffect(() => void action.run(look), []);
  const test = (): void => void action.run(async () => {
    await core().pushTest(one);
    sent.value = true;
  });
  const turnOn = (): void => void action.run(async () => {
    await core().pushOn(one);
    await look();
  });
  const found = checks.value;
  // What the phone or the browser forbids, no button of ours turns on.
  const barred = found?.some(isBarred) ?? false;
  const off = !barred && (found?.some(({ name, reason }) => (name === "permission" && reason === "default") || (name === "subscription" && reason !== undefined)) ?? false);
  return (
    <>
      <p>{t("check-words")}</p>
      <Trouble words={action.error} />
      {found === undefined ? action.error === undefined && <Waiting /> : <List checks={found} />}
      {sent.value && <Notice kind="good" title={t("check-sent")}><p>{t("check-sent-words")}</p></Notice>}
      <Actions>
        {off && <Button icon="bell" busy={action.busy} onPress={turnOn}>{t("push-turn-on")}</Button>}
        {!barred && <Button kind={off ? "tonal" : "filled"} busy={action.busy} onPress={test}>{t("check-test")}</Button>}
        <Button kind={barred ? "filled" : "plain"} busy={action.busy} onPress={() => void action.run(look)}>{t("check-again")}</Button>
      </Actions>
    </>
  );
}

/** Whether notifications cannot be turned on from here. */
function isBarred({ name, reason = "" }: Check): boolean {
  return name === "permission" && ["denied", "unsupported", "ios_home_screen"].includes(reason);
}

function List({ checks }: { readonly checks: readonly Check[] }): JSX.Element {
  const bad = checks.filter(({ state }) => state !== "good").length;
  // Then there can be no subscription: one advice is enough.
  const barred = checks.some(isBarred);
  return (
    <section class="group">
      <h2 aria-live="polite">{bad === 0 ? t("check-all-good") : t("check-found", { n: bad })}</h2>
      <ul class="rows">
        {checks.map((check) => (
          <li key={check.name}>
            <div class="row">
              <span class={`check-mark ${check.state}`}><Icon name={check.state === "good" ? "check" : "warning"} /></span>
              <span class="row-text">
                <span class="row-title">{title(check)}<span class="hidden">: {state(check)}</span></span>
                {check.state !== "good" && !(barred && check.name === "subscription") && <span class="row-words">{advice(check)}</span>}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function state({ state: now }: Check): string {
  const words: Record<Check["state"], string> = { good: "check-good", warning: "check-warning", bad: "check-bad" };
  return t(words[now]);
}
