// Trade: into the trading screen, signed in where the app's session lives.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { moment } from "../../app/format.js";
import { account, accounts, asOwn, config, core, look, online, refreshSession, session, useAccount } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Route } from "../../shell/screens.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Empty, Group, Notice, Row, Select, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { askPresence } from "../../ui/sheet.js";
import { openTrader, readOnlyAddress, traderAddress } from "./address.js";
import { LoginScreen } from "./login.js";

/** `/trade` and `/trade/login`. */
export function Trade({ rest: [step] }: Route): JSX.Element {
  const asked = useSignal(false);
  useEffect(() => {
    void refreshSession().then(() => (asked.value = true));
  }, []);
  if (step === "login") return <LoginScreen />;
  return (
    <Screen title={t("trade")} back="/">
      {!online.value && <Notice kind="warn"><p>{t("trade-offline")}</p></Notice>}
      {config.value && !config.value.trade_url ? (
        <Empty icon="trade" title={t("trade-none")} words={t("trade-none-words")} />
      ) : session.value ? (
        <SignedIn />
      ) : asked.value ? (
        <SignedOut />
      ) : (
        <Waiting />
      )}
      <p class="quiet">{look.value === "ios" ? t("trade-others-ios") : t("trade-others-android")}</p>
    </Screen>
  );
}

function SignedIn(): JSX.Element {
  const action = useAction();
  const live = session.value;
  const signOut = (): Promise<void> =>
    action.run(async () => {
      await core().endSession();
      session.value = undefined;
    });
  return (
    <>
      <Notice kind="good" title={t("trade-signed-in", { username: live?.username ?? "" })}>
        <p>{t("trade-until", { when: moment(live?.expires_at ?? 0) })}</p>
      </Notice>
      <Trouble words={action.error} />
      <div class="actions">
        <a class="button filled" href={traderAddress()}>{t("trade-open")}</a>
        <Button kind="plain" icon="door" busy={action.busy} onPress={() => void signOut()}>{t("sign-out")}</Button>
      </div>
    </>
  );
}

function SignedOut(): JSX.Element {
  const one = account.value;
  return (
    <>
      <p class="lead">{one ? t("trade-locked-words") : t("trade-login-words")}</p>
      {one && <Unlock />}
      <Group note={t("trade-read-only-note")}>
        <Row icon="person" title={t("trade-login")} words={t("trade-login-short")} to="/trade/login" />
        <Row icon="trade" title={t("trade-read-only")} href={readOnlyAddress()} />
      </Group>
    </>
  );
}

/** With this phone's key: a request of its own, approved at once. */
function Unlock(): JSX.Element {
  const action = useAction();
  const one = account.value;
  const unlock = async (): Promise<void> => {
    if (!one) return;
    const presence = await askPresence(one, t("unlock"));
    if (!presence) return;
    await action.run(async () => {
      const pending = asOwn(one.device, await core().unlock(one));
      await core().decide(one, pending, "approve", { presence });
      await core().finish(one, pending.id);
      await refreshSession();
      openTrader();
    });
  };
  const options = accounts.value.map(({ device, username }) => ({ value: device, words: username }));
  return (
    <>
      {accounts.value.length > 1 && <Select label={t("login-username")} value={one?.device ?? ""} options={options} onChoose={useAccount} />}
      <Trouble words={action.error} />
      <Actions>
        <Button icon={one?.form === "biometric" ? "finger" : "key"} busy={action.busy} onPress={() => void unlock()}>{t("trade-unlock")}</Button>
      </Actions>
    </>
  );
}
