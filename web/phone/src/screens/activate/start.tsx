// Where an activation begins: the ways to it, and the doors for who has been here before.

import type { JSX } from "preact";
import { config, online } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Group, Notice, Row } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { abandon, begun, following, onward, step } from "./state.js";

interface StepProps {
  readonly query: URLSearchParams;
}

/** The ways. */
export function Start({ query }: StepProps): JSX.Element {
  const then = following(query);
  return (
    <Screen title={t("activate")} back="/">
      {then === "/cards" && <Notice><p>{t("activate-before-card")}</p></Notice>}
      {then === "/trade" && <Notice><p>{t("activate-before-trade")}</p></Notice>}
      {begun.value ? <UnderWay query={query} /> : <p class="lead">{t("activate-words")}</p>}
      {!online.value && <Notice kind="warn"><p>{t("activate-offline")}</p></Notice>}
      <Group title={t("activate-how")}>
        <Row icon="person" title={t("activate-by-password")} words={t("activate-by-password-words")} to={step("password", query)} />
        <Row icon="scan" title={t("activate-by-scan")} words={t("activate-by-scan-words")} to={scanFor(query)} />
        <Row icon="keypad" title={t("activate-by-session")} words={t("activate-by-session-words")} to={step("session", query)} />
      </Group>
      <Doors query={query} />
    </Screen>
  );
}

/** The camera; afterwards the way goes on as from here. */
function scanFor(query: URLSearchParams): string {
  const then = query.get("then");
  return then === null ? "/scan" : `/scan?then=${encodeURIComponent(then)}`;
}

function UnderWay({ query }: StepProps): JSX.Element {
  const action = useAction();
  return (
    <Notice title={t("activate-under-way", { username: begun.value?.username ?? "" })}>
      <Actions>
        <Button onPress={() => onward(query)}>{t("activate-go-on")}</Button>
        <Button kind="plain" busy={action.busy} onPress={() => void action.run(() => abandon(query))}>{t("activate-anew")}</Button>
      </Actions>
    </Notice>
  );
}

/** Who had a key before gets a new one in the same way; the old one ends with it. */
function Doors({ query }: StepProps): JSX.Element {
  return (
    <>
      <Group title={t("activate-before")}>
        <Row icon="phone" title={t("activate-again")} words={t("activate-again-words")} to={step("password", query)} />
        <Row icon="key" title={t("activate-migrate")} words={t("activate-migrate-words")} to={step("migrate", query)} />
      </Group>
      {(config.value?.desk.length ?? 0) > 0 && (
        <Group><Row icon="call" title={t("desk")} words={t("activate-desk-words")} to="/desk" /></Group>
      )}
    </>
  );
}
