// From the standalone app to this one: found on this phone and suggested; by itself, after an update, or later by hand.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { signal, useSignal } from "@preact/signals";
import { replace } from "../../app/router.js";
import { core } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Standalone } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Field, Form, Group, Notice, Row, Trouble, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { begun, onward, step } from "./state.js";
import { Start } from "./start.js";

interface StepProps {
  readonly query: URLSearchParams;
}

/** Whether its user chose to migrate later; asked again when the app is opened anew. */
export const putOff = signal(false);

/** Where an activation begins: with the suggestion, if the standalone app is here. */
export function Suggest({ query }: StepProps): JSX.Element {
  useEffect(() => {
    void core().standalone().then((keys) => {
      if (keys.length > 0 && !putOff.peek() && !begun.peek()) replace(step("migrate", query));
    });
  }, []);
  // What else there is needs no waiting.
  return <Start query={query} />;
}

/** The suggestion. */
export function Migrate({ query }: StepProps): JSX.Element {
  const keys = useSignal<readonly Standalone[] | undefined>(undefined);
  useEffect(() => {
    void core().standalone().then((found) => (keys.value = found));
  }, []);
  const old = keys.value?.[0];
  return (
    <Screen title={t("migrate")} back="/">
      {keys.value === undefined ? <Waiting /> : old === undefined ? <NotHere query={query} /> : <Found old={old} query={query} />}
    </Screen>
  );
}

/** It is not on this phone, or does not answer: by hand. */
function NotHere({ query }: StepProps): JSX.Element {
  return (
    <>
      <p class="lead">{t("migrate-not-here")}</p>
      <ByHand query={query} />
    </>
  );
}

function Found({ old, query }: StepProps & { readonly old: Standalone }): JSX.Element {
  const later = (): void => {
    putOff.value = true;
    replace(step("", query));
  };
  return (
    <>
      <p class="lead">{t("migrate-found", { username: old.username })}</p>
      {old.updateFirst ? <UpdateFirst old={old} /> : <Now old={old} query={query} />}
      <Actions><Button kind="plain" onPress={later}>{t("migrate-later")}</Button></Actions>
      <p class="quiet">{t("migrate-later-words")}</p>
    </>
  );
}

function UpdateFirst({ old }: { readonly old: Standalone }): JSX.Element {
  return (
    <>
      <Notice kind="warn"><p>{t("migrate-update-words", { version: old.version })}</p></Notice>
      <div class="actions"><a class="button filled" href="/legacy-app/#update">{t("migrate-update")}</a></div>
    </>
  );
}

/** The PIN of the standalone app proves that its owner is here; the server judges it. */
function Now({ old, query }: StepProps & { readonly old: Standalone }): JSX.Element {
  const pin = useSignal("");
  const action = useAction();
  const submit = (): void => {
    if (!/^\d{4,6}$/.test(pin.value)) return action.refuse(t("pin-current-missing"));
    void action.run(async () => {
      begun.value = await core().migrate(old, pin.value);
      onward(query);
    });
  };
  return (
    <Form onSubmit={submit}>
      <p>{t("migrate-words")}</p>
      <Trouble words={action.error} />
      <Field label={t("migrate-pin")} sort="pin" length={6} autocomplete="current-password" value={pin.value} onInput={(value) => (pin.value = value)} />
      <Actions><Button submit busy={action.busy}>{t("migrate-now")}</Button></Actions>
    </Form>
  );
}

function ByHand({ query }: StepProps): JSX.Element {
  return (
    <Group title={t("migrate-by-hand")}>
      <Row icon="person" title={t("activate-by-password")} words={t("migrate-by-hand-words")} to={step("password", query)} />
    </Group>
  );
}
