// Who it is: by username and password, by a session id, by a scanned code.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { takeSession } from "../../app/links.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Field, Form, Notice, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { go, replace } from "../../app/router.js";
import { begin, onward, step, underWay } from "./state.js";

interface StepProps {
  readonly query: URLSearchParams;
}

/** Username and password; `byNumber` where a code is wished for although another device could be asked. */
export function ByPassword({ query, byNumber = false }: StepProps & { readonly byNumber?: boolean }): JSX.Element {
  const username = useSignal("");
  const password = useSignal("");
  const action = useAction();
  const submit = (): void => {
    if (!username.value || !password.value) return action.refuse(t("both-needed"));
    void action.run(() => begin({ by: "password", username: plain(username.value), password: password.value, byNumber }, query));
  };
  return (
    <Screen title={byNumber ? t("activate-by-number") : t("activate-by-password")} back={step("", query)}>
      <p>{byNumber ? t("activate-by-number-words") : t("activate-password-words")}</p>
      {byNumber && <Notice kind="warn"><p>{t("activate-by-number-costs")}</p></Notice>}
      <Trouble words={action.error} />
      <Form onSubmit={submit}>
        <Field label={t("login-username")} autocomplete="username" value={username.value} onInput={(value) => (username.value = value)} />
        <Field label={t("login-password")} sort="secret" autocomplete="current-password" value={password.value} onInput={(value) => (password.value = value)} />
        <Actions><Button submit busy={action.busy}>{t("continue")}</Button></Actions>
      </Form>
    </Screen>
  );
}

/** Username and the session id of the settings page. */
export function BySession({ query }: StepProps): JSX.Element {
  const username = useSignal("");
  const id = useSignal("");
  const action = useAction();
  const submit = (): void => {
    const sessionId = id.value.replace(/[\s-]/g, "").toUpperCase();
    if (!username.value || !sessionId) return action.refuse(t("both-needed"));
    void action.run(() => begin({ by: "session", username: plain(username.value), sessionId }, query));
  };
  return (
    <Screen title={t("activate-by-session")} back={step("", query)}>
      <p>{t("activate-session-words")}</p>
      <Trouble words={action.error} />
      <Form onSubmit={submit}>
        <Field label={t("login-username")} autocomplete="username" value={username.value} onInput={(value) => (username.value = value)} />
        <Field label={t("session-id")} hint={t("session-id-hint")} sort="code" value={id.value} onInput={(value) => (id.value = value)} />
        <Actions><Button submit busy={action.busy}>{t("continue")}</Button></Actions>
      </Form>
    </Screen>
  );
}

/** A link with a code was opened. Any site can open one, so it does nothing by itself. */
export function Followed({ query }: StepProps): JSX.Element {
  const action = useAction();
  const session = useRef<string | undefined>(undefined);
  useEffect(() => {
    session.current = takeSession();
    if (session.current === undefined) replace(step("", query));
  }, []);
  const activate = (): void => {
    const held = session.current;
    if (held !== undefined) void action.run(() => begin({ by: "scan", session: held }, query));
  };
  const now = underWay();
  return (
    <Screen title={t("activate")} back={step("", query)}>
      <p>{t("activate-followed")}</p>
      <Notice kind="warn"><p>{t("activate-followed-guard")}</p></Notice>
      {now && <Notice><p>{t("activate-under-way", { username: now.username })}</p></Notice>}
      <Trouble words={action.error} />
      <Actions>
        {now && <Button onPress={() => onward(query)}>{t("activate-go-on")}</Button>}
        <Button kind={now ? "plain" : "filled"} busy={action.busy} onPress={activate}>{t("activate-followed-button")}</Button>
      </Actions>
    </Screen>
  );
}

/** Begins with the code that was scanned. */
export function Scanned({ query }: StepProps): JSX.Element {
  const action = useAction();
  useEffect(() => {
    const session = takeSession();
    // Reloaded: what was begun with it is taken up from the start.
    if (session === undefined) replace(step("", query));
    else void action.run(() => begin({ by: "scan", session }, query));
  }, []);
  return (
    <Screen title={t("activate")} back={step("", query)}>
      {action.error === undefined ? <Waiting /> : (
        <>
          <Trouble words={action.error} />
          <Actions>
            <Button icon="scan" onPress={() => go("/scan")}>{t("scan-again")}</Button>
            <Button kind="plain" onPress={() => replace(step("", query))}>{t("activate-other-way")}</Button>
          </Actions>
        </>
      )}
    </Screen>
  );
}

/** Usernames are lower case; a phone's keyboard likes to begin with a capital. */
function plain(username: string): string {
  return username.trim().toLowerCase();
}
