// How the phone will know its user: a PIN that the server judges, or the phone's own biometric.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Form as Way, Presence as Shown } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { wrongPin } from "../../app/new-pin.js";
import { ownName } from "../../app/own-name.js";
import { explain } from "../../app/problems.js";
import { replace } from "../../app/router.js";
import { core, look } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Field, Form, Notice, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { ForWhom } from "./for-whom.js";
import { begun, code, codeError, finish, step } from "./state.js";

interface StepProps {
  readonly query: URLSearchParams;
}

/** The last step. Which form it has is known only when the phone has said whether it can tell its user: until then the
 *  screen neither names one nor offers one. */
export function Presence({ query }: StepProps): JSX.Element {
  const biometric = useSignal(false);
  const way = useSignal<Way | undefined>(undefined);
  useEffect(() => {
    // The code was typed before a reload, and is not kept.
    if (!begun.value || (begun.value.proof.kind === "code" && code.value === "")) return replace(step(begun.value ? "prove" : "", query));
    void core().biometricAvailable().catch(() => false).then((can) => {
      biometric.value = can;
      way.value = can && look.value === "ios" ? "biometric" : "pin";
    });
  }, []);
  const chosen = way.value;
  return (
    <Screen title={chosen === undefined ? t("activate") : t(chosen === "pin" ? "pin-title" : "biometric-title")} back={step("prove", query)}>
      <ForWhom />
      {chosen === undefined ? <Waiting /> : <Choose way={chosen} query={query} />}
      {chosen !== undefined && biometric.value && (
        <Actions>
          <Button kind="plain" onPress={() => (way.value = chosen === "pin" ? "biometric" : "pin")}>
            {t(chosen === "pin" ? "biometric-instead" : "pin-instead")}
          </Button>
        </Actions>
      )}
    </Screen>
  );
}

function Choose({ way, query }: StepProps & { readonly way: Way }): JSX.Element {
  const label = useSignal("");
  const pin = useSignal("");
  const again = useSignal("");
  const action = useAction();
  useEffect(() => {
    void ownName().then((name) => (label.value ||= name ?? ""));
  }, []);
  const failed = (error: unknown): boolean => {
    if (!(error instanceof PhoneError) || error.slug !== "wrong-code") return false;
    code.value = "";
    codeError.value = explain(error);
    replace(step("prove", query));
    return true;
  };
  const complete = (presence: Shown): Promise<void> =>
    action.run(async () => {
      const typed = code.value.replace(/[\s-]/g, "");
      const done = await core().complete({ presence, look: look.value, ...(typed && { code: typed }), ...(label.value.trim() && { label: label.value.trim() }) });
      await finish(done);
      replace(step("done", query));
    }, failed);
  const submit = (): void => {
    if (way === "biometric") return void complete("biometric");
    const wrong = wrongPin(pin.value, again.value);
    if (wrong !== undefined) return action.refuse(wrong);
    void complete({ pin: pin.value });
  };
  return (
    <Form onSubmit={submit}>
      <Trouble words={action.error} />
      {way === "pin" ? (
        <>
          <p>{t("pin-words")}</p>
          <Notice><p>{t("pin-advice")}</p></Notice>
          <Field label={t("pin-new")} hint={t("pin-length")} sort="pin" length={6} autocomplete="new-password" value={pin.value} onInput={(value) => (pin.value = value)} />
          <Field label={t("pin-again")} sort="pin" length={6} autocomplete="new-password" value={again.value} onInput={(value) => (again.value = value)} />
        </>
      ) : (
        <p>{t("biometric-words")}</p>
      )}
      <Field label={t("label")} hint={t("label-hint")} length={60} value={label.value} onInput={(value) => (label.value = value)} />
      <Actions><Button submit icon={way === "pin" ? "check" : "finger"} busy={action.busy}>{t("activate-now")}</Button></Actions>
    </Form>
  );
}
