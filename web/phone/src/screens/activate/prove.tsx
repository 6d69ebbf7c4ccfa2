// That it is really them: the code that was sent, or another device of theirs.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Begun, Proof } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { explain, failure } from "../../app/problems.js";
import { go } from "../../app/router.js";
import { core } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { NextStep, Refused, type Answer } from "../../ui/next-step.js";
import { Actions, Button, Field, Form, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { TimeLeft } from "../../ui/time-left.js";
import { ForWhom } from "./for-whom.js";
import { abandon, begun, code, codeError, onward, step } from "./state.js";
import { Start } from "./start.js";

interface StepProps {
  readonly query: URLSearchParams;
}

/** What is still to be proven. */
export function Prove({ query }: StepProps): JSX.Element {
  const now = begun.value;
  const over = useSignal(false);
  const action = useAction();
  if (!now) return <Start query={query} />;
  const title = now.proof.kind === "code" ? t("code-title") : t("prove-title");
  return (
    <Screen title={title} back={step("", query)}>
      <ForWhom />
      <TimeLeft until={now.expiresAt} onOver={() => (over.value = true)} />
      {over.value ? <Trouble words={t("problem-unknown-activation")} /> : <Open now={now} query={query} />}
      <Actions>
        <Button kind="plain" busy={action.busy} onPress={() => void action.run(() => abandon(query))}>{t("start-again")}</Button>
      </Actions>
    </Screen>
  );
}

function Open({ now, query }: StepProps & { readonly now: Begun }): JSX.Element {
  switch (now.proof.kind) {
    case "code":
      return <Code proof={now.proof} query={query} />;
    case "device":
      return <OtherDevice proof={now.proof} query={query} />;
    case "done":
      return <Actions><Button onPress={() => onward(query)}>{t("continue")}</Button></Actions>;
  }
}

function Code({ proof, query }: StepProps & { readonly proof: Extract<Proof, { kind: "code" }> }): JSX.Element {
  const action = useAction();
  const submit = (): void => {
    const typed = code.value.replace(/[\s-]/g, "");
    codeError.value = typed === "" ? t("field-empty") : undefined;
    if (typed === "") return;
    // Judged here: nobody makes a passkey for a code that is wrong.
    void action.run(async () => {
      await core().checkCode(typed);
      go(step("presence", query));
    }, wrong);
  };
  const wrong = (error: unknown): boolean => {
    if (!(error instanceof PhoneError) || error.slug !== "wrong-code") return false;
    codeError.value = explain(error);
    return true;
  };
  return (
    <Form onSubmit={submit}>
      <Trouble words={action.error} />
      <p>{proof.sentBy === "sms" ? t("code-sent-sms", { to: proof.sentTo }) : t("code-sent-mail", { to: proof.sentTo })}</p>
      <Field label={t("code")} sort="code" autocomplete="one-time-code" value={code.value} onInput={(value) => (code.value = value)} error={codeError.value} />
      <p class="quiet">{t("code-not-come")}</p>
      <Actions><Button submit busy={action.busy}>{t("continue")}</Button></Actions>
    </Form>
  );
}

const ASK_AGAIN_MS = 2000;

function OtherDevice({ proof, query }: StepProps & { readonly proof: Extract<Proof, { kind: "device" }> }): JSX.Element {
  const action = useAction();
  const take = (next: Begun): void => {
    begun.value = next;
    if (next.proof.kind === "done") onward(query);
  };
  const answer = ({ wait: _, ...given }: Answer): void => void action.run(async () => take(await core().confirm(given)));
  const wait = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
      if (signal.aborted) return;
      try {
        take(await core().confirm({}));
      } catch {
        // Asked again; what is wrong for good shows when something is answered, or when the time is over.
      }
    }
  };
  const refused = proof.failure && failure(proof.failure.reason, proof.failure.attemptsLeft, false);
  return (
    <>
      <p>{t("prove-words")}</p>
      <Refused words={action.error ?? refused} />
      {begun.value?.standalone && <p class="quiet">{t("prove-standalone")}</p>}
      <NextStep next={proof.next} busy={action.busy} verb={t("confirm")} error={undefined} onAnswer={answer} onWait={(signal) => void wait(signal)} />
      {begun.value?.codeToo && <Actions><Button kind="plain" onPress={() => go(step("number", query))}>{t("prove-by-number")}</Button></Actions>}
    </>
  );
}
