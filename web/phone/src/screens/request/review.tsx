// A request in full, and the answers to it at the foot of the screen: nothing else is opened to answer it.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Account, Decision, Operation, Pending } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { headline, kind, particulars } from "../../app/operation.js";
import { explain, over } from "../../app/problems.js";
import { answered, config, core, refreshAccounts, waiting } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Field, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { type Sure, askSure } from "../../ui/sheet.js";
import { TimeLeft } from "../../ui/time-left.js";
import { Answers } from "./answers.js";
import { Facts, Folded } from "./details.js";
import type { Ending } from "./outcome.js";

interface ReviewProps {
  readonly account: Account;
  readonly pending: Pending;
  /** Where *Back* leads. */
  readonly back: string;
  /** What was scanned from the login screen. */
  readonly token?: string | undefined;
  /** Begun in this app, so nobody else's. */
  readonly own?: boolean;
  /** Goes on after an approval, and may be tried again; gives the words for it. */
  readonly onApproved?: () => Promise<Extract<Ending, { how: "approved" }>>;
  readonly onEnd: (ending: Ending) => void;
}

/** The request and its answers. */
export function Review(props: ReviewProps): JSX.Element {
  const { account, pending, token, own = false, onEnd } = props;
  const action = useAction();
  const number = useSignal("");
  const missing = useSignal<string | undefined>(undefined);
  const approved = useSignal(false);
  const numbered = pending.numberRequired && token === undefined;
  const scanFirst = pending.qrRequired && token === undefined;
  const pin = usePin(!numbered);
  const end = (ending: Ending): void => {
    answered(account.device, pending.id);
    onEnd(ending);
  };
  const failed = (error: unknown): boolean => {
    pin.clear();
    if (over(error)) end({ how: "over", words: explain(error) });
    return over(error);
  };
  useElsewhere(account.device, pending.id, !own && !action.busy, () => end({ how: "over", words: goneWords(pending) }));
  const carryOut = async (): Promise<void> =>
    end(props.onApproved ? await props.onApproved() : { how: "approved", words: approvedWords(pending) });
  const approve = async (): Promise<void> => {
    if (approved.value) return action.run(carryOut, failed);
    missing.value = numbered && !/^\d{2}$/.test(number.value) ? t("number-missing") : undefined;
    if (missing.value !== undefined) return;
    const presence = account.form === "biometric" ? "biometric" : pin.given();
    if (!presence) return;
    await action.run(async () => {
      const shown = token ?? (numbered ? number.value : undefined);
      const how = await core().decide(account, pending, "approve", { presence, ...(shown === undefined ? {} : { number: shown }) });
      if (presence !== "biometric" && presence.pin.length !== account.pinLength) void refreshAccounts();
      if (how === "second_needed") return end({ how: "approved", words: t("outcome-second-needed"), stays: true });
      approved.value = true;
      await carryOut();
    }, failed);
  };
  const refuse = (decision: Exclude<Decision, "approve">): Promise<void> =>
    action.run(async () => {
      if (decision === "report" && !(await askSure(sureWords(pending.operation)))) throw new PhoneError("cancelled");
      await core().decide(account, pending, decision, {});
      end(decision === "deny" ? { how: "denied" } : { how: "reported", operation: pending.operation });
    }, failed);
  const typeNumber = (value: string): void => {
    number.value = value;
    if (value.length === 2) pin.next();
  };
  const typePin = (value: string): void => {
    pin.type(value);
    if (value.length === account.pinLength) void approve();
  };
  const asksPin = account.form === "pin" && !scanFirst && !approved.value;
  const foot = (
    <Answers
      {...{ account, own, scanFirst }}
      busy={action.busy}
      pin={asksPin ? { ...pin.shown, type: typePin } : undefined}
      approved={approved.value}
      onApprove={() => void approve()}
      onRefuse={(decision) => void refuse(decision)}
    />
  );
  return (
    <Screen title={question(pending.operation)} back={props.back} foot={foot}>
      <Trouble words={action.error} />
      {scanFirst && <Notice><p>{t("request-scan")}</p></Notice>}
      <Facts account={account} pending={pending} />
      {numbered && (
        <Field label={t("number")} hint={t("number-hint")} sort="digits" length={2} value={number.value} onInput={typeNumber} error={missing.value} about="heading" focus />
      )}
      {token !== undefined && <Notice kind="warn"><p>{t("request-scanned")}</p></Notice>}
      <TimeLeft until={pending.expiresAt} onOver={() => end({ how: "over", words: t("problem-expired") })} />
      <Folded pending={pending} />
    </Screen>
  );
}

/** The heading: a question that says all, or what kind of thing is decided on by what stands below. */
function question(operation: Operation): string {
  return particulars(operation).length === 0 ? headline(operation) : kind(operation);
}

/** A PIN that is typed on the screen itself. `first`: it is what is typed first. */
function usePin(first: boolean) {
  const value = useSignal("");
  const wrong = useSignal<string | undefined>(undefined);
  const turn = useSignal(first ? 1 : 0);
  return {
    shown: { value: value.value, wrong: wrong.value, turn: turn.value },
    type(typed: string): void {
      value.value = typed;
      wrong.value = undefined;
    },
    /** The focus goes there. */
    next(): void {
      turn.value += 1;
    },
    /** What was typed, where it can be a PIN. */
    given(): { readonly pin: string } | undefined {
      if (/^\d{4,6}$/.test(value.value)) return { pin: value.value };
      wrong.value = t("pin-length");
      turn.value += 1;
      return undefined;
    },
    /** It did not do. */
    clear(): void {
      value.value = "";
      turn.value += 1;
    },
  };
}

/** The list may tell of the end a moment before the clock on the screen does. */
function goneWords({ expiresAt }: Pending): string {
  return Date.now() > expiresAt - 2000 ? t("problem-expired") : t("problem-not-awaited");
}

/** Tells when a request that was listed is no longer: answered on another screen, or called off. */
function useElsewhere(device: string, id: string, asking: boolean, gone: () => void): void {
  const listed = waiting.value.get(device)?.some((one) => one.id === id) ?? false;
  const seen = useRef(listed);
  useEffect(() => {
    if (listed) seen.current = true;
    else if (seen.current && asking) gone();
  }, [listed, asking]);
}

function approvedWords({ operation }: Pending): string {
  return operation.type === "login" ? t("outcome-approved-login", { client: operation.client_name }) : t("outcome-approved-words");
}

/** What a report does, by what it is about: a card payment needed no password, so none is locked. */
function sureWords({ type }: Operation): Sure {
  const told = config.value?.desk_told ?? false;
  const sure = { title: t("report-sure"), yes: t("report-yes"), no: t("cancel") };
  switch (type) {
    case "card_payment":
    case "card_preauthorisation":
      return { ...sure, words: [t("report-words-payment"), ...(told ? [t("report-desk-payment")] : [])] };
    case "login":
      return { ...sure, words: [t("report-words-login"), told ? t("report-desk") : t("report-call")] };
    default:
      return { ...sure, words: [t("report-words"), told ? t("report-desk") : t("report-call")] };
  }
}
