// An ordinary login inside the app, with any of the user's devices.

import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { DeviceRef, Login, Next } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { cancelled, explain, failure } from "../../app/problems.js";
import { go, replace } from "../../app/router.js";
import { core, refreshSession, waiting } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { NextStep, Refused, type Answer } from "../../ui/next-step.js";
import { Actions, Button, Field, Form, Group, Row, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { TimeLeft } from "../../ui/time-left.js";
import { openTrader } from "./address.js";

/** The login under way: it outlives a look at the request on this very phone. */
const login = signal<Login | undefined>(undefined);

/** The devices that were offered: another may be taken while the login lives. */
const devices = signal<readonly DeviceRef[]>([]);

/** Why the login before ended. */
const ended = signal<string | undefined>(undefined);

/** `/trade/login`. */
export function LoginScreen(): JSX.Element {
  const now = login.value;
  useEffect(() => () => void (ended.value = undefined), []);
  return now ? <SecondFactor now={now} /> : <Password />;
}

function Password(): JSX.Element {
  const username = useSignal("");
  const password = useSignal("");
  const action = useAction();
  const submit = (): void => {
    if (!username.value || !password.value) return action.refuse(t("both-needed"));
    ended.value = undefined;
    void action.run(async () => {
      await take(await core().login(username.value.trim().toLowerCase(), password.value));
    });
  };
  return (
    <Screen title={t("trade-login")} back="/trade">
      <p>{t("trade-login-then")}</p>
      <Trouble words={action.error ?? ended.value} />
      <Form onSubmit={submit}>
        <Field label={t("login-username")} autocomplete="username" value={username.value} onInput={(value) => (username.value = value)} />
        <Field label={t("login-password")} sort="secret" autocomplete="current-password" value={password.value} onInput={(value) => (password.value = value)} />
        <Actions><Button submit busy={action.busy}>{t("login")}</Button></Actions>
      </Form>
    </Screen>
  );
}

/** What ends a login, and not only a step of it. */
const ENDS = ["denied", "expired", "too-many-attempts", "already-answered", "device-locked", "no-usable-device", "invalid-session"];

function end(words: string | undefined): void {
  login.value = undefined;
  devices.value = [];
  ended.value = words;
}

async function take(step: Login | "done"): Promise<void> {
  if (step !== "done") {
    if (step.next.step === "choose_device") devices.value = step.next.devices;
    login.value = step;
    return;
  }
  end(undefined);
  await refreshSession();
  replace("/trade");
  openTrader();
}

function failed(error: unknown): boolean {
  const over = error instanceof PhoneError && ENDS.includes(error.slug);
  if (over) end(explain(error));
  return over;
}

const WAIT_SECONDS = 25;

async function wait(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const step = await core().loginStep({ wait: WAIT_SECONDS });
      if (!signal.aborted) await take(step);
    } catch (error) {
      if (signal.aborted || cancelled(error) || failed(error)) return;
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

function SecondFactor({ now }: { readonly now: Login }): JSX.Element {
  const action = useAction();
  const another = useSignal(false);
  const next: Next = another.value ? { step: "choose_device", devices: devices.value } : now.next;
  const answer = (given: Answer): void =>
    void action.run(async () => {
      await take(await core().loginStep(given));
      another.value = false;
    }, failed);
  const refused = now.failure && failure(now.failure.reason, now.failure.attemptsLeft, true);
  const choosing = next.step === "choose_device";
  return (
    <Screen title={choosing ? t("second-factor") : t("trade-login")} back="/trade">
      <TimeLeft until={now.expiresAt} onOver={() => end(t("problem-expired"))} />
      <Refused words={action.error ?? refused} />
      <NextStep next={next} busy={action.busy} verb={t("login")} error={undefined} onAnswer={answer} onWait={(stop) => void wait(stop)} />
      {next.step === "approve" && <OnThisPhone />}
      <Actions>
        {!choosing && devices.value.length > 1 && <Button kind="plain" onPress={() => (another.value = true)}>{t("other-device")}</Button>}
        <Button kind="plain" onPress={() => end(undefined)}>{t("start-again")}</Button>
      </Actions>
    </Screen>
  );
}

/** The request may have come to this very phone. */
function OnThisPhone(): JSX.Element | null {
  const here = [...waiting.value].flatMap(([device, list]) => list.filter(({ operation }) => operation.type === "login").map(({ id }) => ({ device, id })));
  const first = here[0];
  if (!first) return null;
  const to = `/request/${first.device}/${first.id}?then=/trade/login`;
  return <Group><Row icon="phone" title={t("trade-on-this-phone")} words={t("trade-on-this-phone-words")} onPress={() => go(to)} /></Group>;
}
