// Challenge/response, with no network: for logins, and on a screen of its own for money.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Purpose } from "../core/types.js";
import { groups } from "../app/format.js";
import { go } from "../app/router.js";
import { account, accounts, core, news, useAccount } from "../app/state.js";
import { t } from "../app/words.js";
import type { Route } from "../shell/screens.js";
import { useAction } from "../ui/action.js";
import { Actions, Button, Empty, Field, Form, Group, Notice, Row, Select } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";
import { askPresence } from "../ui/sheet.js";

/** `/respond` and `/respond/money`. */
export function Respond({ rest: [which] }: Route): JSX.Element {
  const money = which === "money";
  return (
    <Screen title={money ? t("respond-money") : t("respond")} {...(money ? { back: "/respond" } : {})}>
      {account.value ? <Ask key={which} money={money} /> : <NoKey />}
    </Screen>
  );
}

function NoKey(): JSX.Element {
  return (
    <>
      <Empty icon="keypad" title={t("no-key")} words={t("no-key-words")} />
      <Actions><Button onPress={() => go("/activate?then=/respond")}>{t("activate")}</Button></Actions>
    </>
  );
}

/** What the first digit says a challenge is for. */
function purposeOf(challenge: string): Purpose | undefined {
  if (/^[1-4]/.test(challenge)) return "login";
  if (challenge.startsWith("5")) return "call";
  if (/^[67]/.test(challenge)) return "device";
  return /^[89]/.test(challenge) ? "money" : undefined;
}

/** A challenge that was typed on the screen of the other kind, on its way to this one. */
let carried = "";

function Ask({ money }: { readonly money: boolean }): JSX.Element {
  const challenge = useSignal(carried);
  useEffect(() => {
    carried = "";
  }, []);
  const response = useSignal<string | undefined>(undefined);
  const action = useAction();
  const purpose = purposeOf(challenge.value);
  const wrongScreen = purpose !== undefined && (purpose === "money") !== money;
  const type = (value: string): void => {
    challenge.value = value;
    action.refuse(undefined);
  };
  const generate = async (): Promise<void> => {
    const one = account.value;
    if (challenge.value.length !== 6 || !purpose) return action.refuse(t("challenge-six"));
    if (wrongScreen || !one) return;
    const presence = await askPresence(one, t("generate"));
    if (!presence) return;
    await action.run(async () => {
      response.value = await core().respond(one, challenge.value, purpose, presence);
      news.value = t("response-ready");
    });
  };
  const again = (): void => {
    challenge.value = "";
    response.value = undefined;
  };
  if (response.value !== undefined) {
    return <Response challenge={challenge.value} response={response.value} money={money} onAgain={again} />;
  }
  return (
    <Form onSubmit={() => void generate()}>
      <p class="lead">{money ? t("respond-money-words") : t("respond-words")}</p>
      <WhoseKey />
      <Field label={t("challenge")} hint={money ? t("challenge-hint-money") : t("challenge-hint")} sort="digits" length={6} value={challenge.value} onInput={type} error={action.error} />
      {money && <DestinationDigits challenge={challenge.value} />}
      {!money && purpose === "device" && <Notice kind="warn"><p>{t("challenge-device")}</p></Notice>}
      {!money && purpose === "call" && <Notice kind="warn"><p>{t("challenge-call")}</p></Notice>}
      {wrongScreen && <WrongScreen money={money} challenge={challenge.value} />}
      {!wrongScreen && <Actions><Button submit busy={action.busy}>{t("generate")}</Button></Actions>}
      {!money && <Group><Row icon="money" title={t("respond-money")} words={t("respond-money-short")} onPress={() => {
        carried = challenge.value;
        go("/respond/money");
      }} /></Group>}
    </Form>
  );
}

function WhoseKey(): JSX.Element | null {
  const one = account.value;
  if (!one || accounts.value.length < 2) return null;
  const options = accounts.value.map(({ device, username }) => ({ value: device, words: username }));
  return <Select label={t("login-username")} value={one.device} options={options} onChoose={useAccount} />;
}

/** A challenge that starts with 8 ends with the last three digits of the account that gets the money; 9 names none. */
function DestinationDigits({ challenge }: { readonly challenge: string }): JSX.Element | null {
  if (!/^[89]\d{5}$/.test(challenge)) return null;
  if (challenge.startsWith("9")) {
    return (
      <Notice kind="warn" title={t("money-nameless")}>
        <p>{t("money-nameless-words")}</p>
      </Notice>
    );
  }
  return (
    <Notice kind="warn" title={t("money-compare", { digits: challenge.slice(3) })}>
      <p>{t("money-compare-words")}</p>
    </Notice>
  );
}

function WrongScreen({ money, challenge }: { readonly money: boolean; readonly challenge: string }): JSX.Element {
  const take = (to: string): void => {
    carried = challenge;
    go(to);
  };
  if (money) {
    return (
      <Notice kind="bad" title={t("challenge-not-money")}>
        <p>{t("challenge-not-money-words")}</p>
        <Button kind="tonal" onPress={() => take("/respond")}>{t("respond")}</Button>
      </Notice>
    );
  }
  return (
    <Notice kind="bad" title={t("challenge-is-money")}>
      <p>{t("challenge-is-money-words")}</p>
      <Button kind="tonal" onPress={() => take("/respond/money")}>{t("respond-money")}</Button>
    </Notice>
  );
}

interface ResponseProps {
  readonly challenge: string;
  readonly response: string;
  readonly money: boolean;
  readonly onAgain: () => void;
}

function Response({ challenge, response, money, onAgain }: ResponseProps): JSX.Element {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(response);
    copied.value = true;
    news.value = t("response-copied");
  };
  return (
    <>
      <section class="response" aria-labelledby="response-label">
        <h2 id="response-label">{t("response")}</h2>
        <p class="response-digits">
          {groups(response).map((group, index) => <span key={index}>{group}</span>)}
        </p>
        <p class="quiet">{t("response-to", { challenge: groups(challenge).join(" ") })}</p>
      </section>
      <p>{money ? t("response-type-money") : t("response-type")}</p>
      <p class="quiet">{t("response-pin")}</p>
      <Actions>
        <Button kind="tonal" icon="copy" onPress={() => void copy()}>{copied.value ? t("response-copied") : t("response-copy")}</Button>
        <Button kind="plain" onPress={onAgain}>{t("response-again")}</Button>
      </Actions>
    </>
  );
}
