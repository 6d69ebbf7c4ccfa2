// The screens of the standalone authenticator.

import type { ComponentChildren, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { wrongPin } from "../src/app/new-pin.js";
import { t } from "../src/app/words.js";
import type { AccountRow } from "../src/core/storage.js";
import { useAction } from "../src/ui/action.js";
import { Actions, Button, Field, Form, Notice, Trouble, Waiting } from "../src/ui/parts.js";
import { LATEST, begin, complete, installDemo, installed, key, respond, stillLives, update } from "./keys.js";

type Stands = "unknown" | "none" | "active" | "replaced";

/** Whatever the key's state asks for. */
export function Authenticator(): JSX.Element {
  const stands = useSignal<Stands>("unknown");
  const row = useSignal<AccountRow | undefined>(undefined);
  const look = async (): Promise<void> => {
    await installDemo().catch(() => undefined);
    const found = await key();
    row.value = found;
    if (!found) stands.value = "none";
    else stands.value = (await stillLives(found)) ? "active" : "replaced";
  };
  useEffect(() => void look(), []);
  switch (stands.value) {
    case "unknown":
      return <Frame><Waiting /></Frame>;
    case "none":
      return <Frame><Activate onDone={() => void look()} /></Frame>;
    case "replaced":
      return <Frame><Replaced /></Frame>;
    case "active":
      return <Frame>{row.value && <Respond row={row.value} />}<Update /></Frame>;
  }
}

function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <header class="bar"><h1>{t("standalone-title")}</h1></header>
      <main class="screen">{children}</main>
    </>
  );
}

/** All that is left of it. */
function Replaced(): JSX.Element {
  return (
    <>
      <Notice kind="warn" title={t("standalone-replaced")}><p>{t("standalone-replaced-words")}</p></Notice>
      <div class="actions"><a class="button filled" href="/app/">{t("standalone-open")}</a></div>
    </>
  );
}

/** Which version this is, and the next one. */
function Update(): JSX.Element {
  const version = useSignal(installed());
  const renew = (): void => {
    update();
    version.value = installed();
  };
  return (
    <>
      <p class="quiet">{t("standalone-version", { version: version.value })}</p>
      {version.value !== LATEST ? (
        <Actions><Button kind="tonal" onPress={renew}>{t("standalone-update", { version: LATEST })}</Button></Actions>
      ) : (
        location.hash === "#update" && <div class="actions"><a class="button filled" href="/app/#/activate/migrate">{t("standalone-go-on")}</a></div>
      )}
    </>
  );
}

function Respond({ row }: { readonly row: AccountRow }): JSX.Element {
  const challenge = useSignal("");
  const pin = useSignal("");
  const response = useSignal<string | undefined>(undefined);
  const action = useAction();
  const submit = (): void => {
    if (!/^\d{6}$/.test(challenge.value) || !/^\d{4,6}$/.test(pin.value)) return action.refuse(t("standalone-both"));
    void action.run(async () => {
      response.value = await respond(row, challenge.value, pin.value);
      pin.value = "";
    });
  };
  return (
    <Form onSubmit={submit}>
      <p class="lead">{row.username}</p>
      <Trouble words={action.error} />
      <Field label={t("standalone-challenge")} sort="digits" length={6} value={challenge.value} onInput={(value) => (challenge.value = value)} />
      <Field label={t("standalone-pin")} sort="pin" length={6} autocomplete="current-password" value={pin.value} onInput={(value) => (pin.value = value)} />
      <Actions><Button submit busy={action.busy}>{t("standalone-generate")}</Button></Actions>
      {response.value && <Notice kind="good" title={t("standalone-response")}><p class="code">{response.value}</p></Notice>}
    </Form>
  );
}

function Activate({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const username = useSignal("");
  const password = useSignal("");
  const code = useSignal("");
  const pin = useSignal("");
  const again = useSignal("");
  const sentTo = useSignal<string | undefined>(undefined);
  const action = useAction();
  const start = (): void => {
    if (!username.value || !password.value) return action.refuse(t("both-needed"));
    void action.run(async () => {
      const begun = await begin(username.value.trim().toLowerCase(), password.value);
      password.value = "";
      sentTo.value = begun.proof.kind === "code" ? begun.proof.sentTo : "";
    });
  };
  const finish = (): void => {
    const wrong = wrongPin(pin.value, again.value);
    if (wrong !== undefined) return action.refuse(wrong);
    void action.run(async () => {
      await complete(code.value.replace(/[\s-]/g, ""), pin.value);
      onDone();
    });
  };
  if (sentTo.value === undefined) {
    return (
      <Form onSubmit={start}>
        <p class="lead">{t("standalone-words")}</p>
        <Notice><p>{t("standalone-new")} <a href="/app/">{t("standalone-open")}</a></p></Notice>
        <Trouble words={action.error} />
        <Field label={t("login-username")} autocomplete="username" value={username.value} onInput={(value) => (username.value = value)} />
        <Field label={t("login-password")} sort="secret" autocomplete="current-password" value={password.value} onInput={(value) => (password.value = value)} />
        <Actions><Button submit busy={action.busy}>{t("continue")}</Button></Actions>
      </Form>
    );
  }
  return (
    <Form onSubmit={finish}>
      <p>{t("standalone-sent", { to: sentTo.value })}</p>
      <Trouble words={action.error} />
      <Field label={t("code")} sort="code" autocomplete="one-time-code" value={code.value} onInput={(value) => (code.value = value)} />
      <Field label={t("pin-new")} hint={t("pin-length")} sort="pin" length={6} autocomplete="new-password" value={pin.value} onInput={(value) => (pin.value = value)} />
      <Field label={t("pin-again")} sort="pin" length={6} autocomplete="new-password" value={again.value} onInput={(value) => (again.value = value)} />
      <Actions><Button submit busy={action.busy}>{t("standalone-activate")}</Button></Actions>
    </Form>
  );
}
