// What slides up over a screen and must be answered first: the PIN, or "are you sure?".

import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Account, Presence } from "../core/types.js";
import { t } from "../app/words.js";
import { Actions, Button, Field, Form } from "./parts.js";

type Asked =
  | { readonly kind: "pin"; readonly verb: string; readonly username: string; readonly answer: (pin: string | undefined) => void }
  | ({ readonly kind: "sure"; readonly answer: (yes: boolean) => void } & Sure);

/** A question with two answers. */
export interface Sure {
  readonly title: string;
  readonly words: readonly string[];
  readonly yes: string;
  readonly no: string;
}

const asked = signal<Asked | undefined>(undefined);

/** Proof of presence for one act: the PIN, or the phone's own dialog later. Undefined when the user turns back. */
export async function askPresence(account: Account, verb: string): Promise<Presence | undefined> {
  if (account.form === "biometric") return "biometric";
  const pin = await new Promise<string | undefined>((answer) => {
    asked.value = { kind: "pin", verb, username: account.username, answer };
  });
  return pin === undefined ? undefined : { pin };
}

/** Asks once more. */
export function askSure(sure: Sure): Promise<boolean> {
  return new Promise((answer) => {
    asked.value = { kind: "sure", ...sure, answer };
  });
}

/** Where sheets appear. */
export function Sheets(): JSX.Element | null {
  const now = asked.value;
  if (!now) return null;
  return now.kind === "pin" ? <PinSheet asked={now} /> : <SureSheet asked={now} />;
}

function PinSheet({ asked: now }: { readonly asked: Extract<Asked, { kind: "pin" }> }): JSX.Element {
  const pin = useSignal("");
  const wrong = useSignal<string | undefined>(undefined);
  const end = (answer: string | undefined): void => {
    asked.value = undefined;
    now.answer(answer);
  };
  const submit = (): void => {
    if (/^\d{4,6}$/.test(pin.value)) end(pin.value);
    else wrong.value = t("pin-length");
  };
  return (
    <Sheet title={t("pin-enter")} onClose={() => end(undefined)}>
      <p class="quiet">{t("pin-for", { username: now.username })}</p>
      <Form onSubmit={submit}>
        <Field label={t("pin")} sort="pin" length={6} value={pin.value} onInput={(value) => (pin.value = value)} error={wrong.value} focus />
        <Actions>
          <Button submit>{now.verb}</Button>
          <Button kind="plain" onPress={() => end(undefined)}>{t("cancel")}</Button>
        </Actions>
      </Form>
    </Sheet>
  );
}

function SureSheet({ asked: now }: { readonly asked: Extract<Asked, { kind: "sure" }> }): JSX.Element {
  const end = (answer: boolean): void => {
    asked.value = undefined;
    now.answer(answer);
  };
  return (
    <Sheet title={now.title} onClose={() => end(false)}>
      {now.words.map((words) => <p key={words}>{words}</p>)}
      <Actions>
        <Button kind="danger" onPress={() => end(true)}>{now.yes}</Button>
        <Button kind="plain" onPress={() => end(false)}>{now.no}</Button>
      </Actions>
    </Sheet>
  );
}

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: JSX.Element | (JSX.Element | JSX.Element[])[];
}

/** The browser's own modal dialog: keeps the focus, closes with Escape or Android's back gesture, gives the focus back. */
function Sheet({ title, onClose, children }: SheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={id} onCancel={cancel}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
