// One step of proving who it is with any of the user's devices: the chooser, and each device's own screen.

import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { DeviceRef, Next } from "../core/types.js";
import { shared } from "../../../pages/src/values.js";
import { groups } from "../app/format.js";
import { t } from "../app/words.js";
import { Actions, Button, Field, Form, Group, Notice, Row } from "./parts.js";

/** What a step is answered with. `wait`: ask again, up to so many seconds later. */
export type Answer = { device_id?: string; method?: string; response?: string; wait?: number };

interface NextStepProps {
  readonly next: Next;
  readonly busy: boolean;
  /** What the button says: *Login*, *Confirm*. */
  readonly verb: string;
  readonly error: string | undefined;
  readonly onAnswer: (answer: Answer) => void;
  /** Asks how it stands, again and again, until `signal` says to stop. */
  readonly onWait: (signal: AbortSignal) => void;
}

/** The step. */
export function NextStep(props: NextStepProps): JSX.Element {
  const { next } = props;
  switch (next.step) {
    case "choose_device":
      return <Chooser devices={next.devices} onAnswer={props.onAnswer} />;
    case "approve":
    case "qr":
      return <Approve key={next.device.id} {...props} device={next.device} />;
    case "respond":
      return <Respond key={next.challenge} {...props} next={next} />;
    case "code_card":
      return <CodeCard key={next.indices.join()} {...props} next={next} />;
    case "passcode":
      return <Passcode key={next.device.id} {...props} next={next} />;
    default:
      return <Typed label={t("security-code")} {...props} />;
  }
}

function Chooser({ devices, onAnswer }: { readonly devices: readonly DeviceRef[]; readonly onAnswer: (answer: Answer) => void }): JSX.Element {
  return (
    <Group title={t("choose-device")} note={t("choose-device-words")}>
      {devices.map((device) => (
        <Row
          key={device.id}
          icon={device.class === "phone" ? "phone" : "card"}
          title={device.label}
          words={device.default ? t("device-default") : undefined}
          onPress={() => onAnswer({ device_id: device.id })}
        />
      ))}
    </Group>
  );
}

function Approve({ device, next, busy, onAnswer, onWait }: NextStepProps & { readonly device: DeviceRef }): JSX.Element {
  useEffect(() => {
    const stop = new AbortController();
    onWait(stop.signal);
    return () => stop.abort();
  }, [device.id]);
  const number = next.step === "approve" ? next.number : undefined;
  const silent = next.step === "approve" && next.silent === true;
  return (
    <>
      <h2>{t("approve-on-phone")}</h2>
      <p>{t(whatToDo(number !== undefined, silent), { device: device.label })}</p>
      {number !== undefined && <Shown label={t("number")} groups={[number]} />}
      <Actions>
        <Button kind="plain" busy={busy} onPress={() => onAnswer({ method: "challenge_response" })}>{t("no-notification")}</Button>
      </Actions>
    </>
  );
}

/** What to do on the phone: a notification leads there, or the app is to be opened. */
function whatToDo(number: boolean, silent: boolean): string {
  if (silent) return number ? "approve-silent-number-words" : "approve-silent-words";
  return number ? "approve-number-words" : "approve-words";
}

function Respond(props: NextStepProps & { readonly next: Extract<Next, { step: "respond" }> }): JSX.Element {
  const { next, onAnswer } = props;
  const phone = next.device.class === "phone" && next.device.methods.includes("seamless");
  return (
    <>
      <h2>{next.device.label}</h2>
      <Shown label={t("challenge")} groups={groups(next.challenge)} />
      <p>{t("type-challenge", { device: next.device.label })}</p>
      <Typed label={t("response")} digits={next.response_digits} {...props} />
      {phone && (
        <Actions><Button kind="plain" onPress={() => onAnswer({ method: "seamless" })}>{t("send-notification")}</Button></Actions>
      )}
    </>
  );
}

function CodeCard(props: NextStepProps & { readonly next: Extract<Next, { step: "code_card" }> }): JSX.Element {
  return (
    <>
      <h2>{props.next.device.label}</h2>
      <p>{t("card-words")}</p>
      <CardValues {...props} />
    </>
  );
}

/** How many letters and digits a value of a card has. */
const VALUE = 3;

/** A field for each place: a place never looks like a challenge. Both values may be typed or pasted into the first. */
function CardValues({ next, verb, busy, error, onAnswer }: NextStepProps & { readonly next: Extract<Next, { step: "code_card" }> }): JSX.Element {
  const id = useId();
  const [first, second, missing] = [useSignal(""), useSignal(""), useSignal(false)];
  const submit = (): void => {
    const response = `${first.value}${second.value}`.replace(/\s/g, "");
    missing.value = response === "";
    if (response !== "") onAnswer({ response });
  };
  const type = (value: string): void => {
    const typed = shared(value, second.value, VALUE);
    [first.value, second.value] = [typed.here, typed.there];
  };
  const [one, other] = next.indices;
  return (
    <Form onSubmit={submit}>
      <fieldset class="pair" aria-labelledby={id}>
        <legend id={id}>{t("card-values")}</legend>
        <Field label={t("card-place", { n: one })} sort="code" value={first.value} onInput={type} error={missing.value ? t("field-empty") : error} />
        <Field label={t("card-place", { n: other })} sort="code" value={second.value} onInput={(value) => (second.value = value)} />
      </fieldset>
      <Actions><Button submit busy={busy}>{verb}</Button></Actions>
    </Form>
  );
}

function Passcode(props: NextStepProps & { readonly next: Extract<Next, { step: "passcode" }> }): JSX.Element {
  const { device, digits, sent_to } = props.next;
  return (
    <>
      <h2>{device.label}</h2>
      <p>{sent_to === undefined ? t("passcode-words", { n: digits }) : t("sent-words", { to: sent_to })}</p>
      <Typed label={sent_to === undefined ? t("passcode") : t("security-code")} digits={digits} {...props} />
    </>
  );
}

function Typed({ label, digits, verb, busy, error, onAnswer }: NextStepProps & { readonly label: string; readonly digits?: number }): JSX.Element {
  const value = useSignal("");
  const missing = useSignal(false);
  const submit = (): void => {
    const response = value.value.replace(/\s/g, "");
    missing.value = response === "";
    if (response !== "") onAnswer({ response });
  };
  return (
    <Form onSubmit={submit}>
      <Field
        label={label}
        sort={digits === undefined ? "code" : "digits"}
        value={value.value}
        onInput={(typed) => (value.value = typed)}
        error={missing.value ? t("field-empty") : error}
        autocomplete="one-time-code"
        {...(digits === undefined ? {} : { length: digits })}
      />
      <Actions><Button submit busy={busy}>{verb}</Button></Actions>
    </Form>
  );
}

/** Digits to read and type elsewhere. */
export function Shown({ label, groups: shown }: { readonly label: string; readonly groups: readonly string[] }): JSX.Element {
  return (
    <div class="shown">
      <p class="quiet">{label}</p>
      <p class="shown-digits">{shown.map((group, index) => <span key={index}>{group}</span>)}</p>
    </div>
  );
}

/** Says why the last answer did not do. */
export function Refused({ words }: { readonly words: string | undefined }): JSX.Element | null {
  return words === undefined ? null : <Notice kind="bad"><p>{words}</p></Notice>;
}
