// A request in full, and the answers to it at the foot of the screen.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Account, Decision, Operation, Pending } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { headline, kind, particulars } from "../../app/operation.js";
import { explain, over } from "../../app/problems.js";
import { go } from "../../app/router.js";
import { answered, config, core, waiting } from "../../app/state.js";
import { t } from "../../app/words.js";
import { type Action, useAction } from "../../ui/action.js";
import { Button, Field, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { type Sure, askPresence, askSure } from "../../ui/sheet.js";
import { TimeLeft } from "../../ui/time-left.js";
import { Details } from "./details.js";
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
  const end = (ending: Ending): void => {
    answered(account.device, pending.id);
    onEnd(ending);
  };
  const failed = (error: unknown): boolean => {
    if (over(error)) end({ how: "over", words: explain(error) });
    return over(error);
  };
  useElsewhere(account.device, pending.id, !own && !action.busy, () => end({ how: "over", words: goneWords(pending) }));
  const carryOut = async (): Promise<void> =>
    end(props.onApproved ? await props.onApproved() : { how: "approved", words: approvedWords(pending) });
  const approve = async (): Promise<void> => {
    if (approved.value) return action.run(carryOut, failed);
    missing.value = pending.numberRequired && token === undefined && !/^\d{2}$/.test(number.value) ? t("number-missing") : undefined;
    if (missing.value !== undefined) return;
    const presence = await askPresence(account, t("approve"));
    if (!presence) return;
    await action.run(async () => {
      const shown = token ?? (pending.numberRequired ? number.value : undefined);
      const how = await core().decide(account, pending, "approve", { presence, ...(shown === undefined ? {} : { number: shown }) });
      if (how === "second_needed") return end({ how: "approved", words: t("outcome-second-needed") });
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
  const scanFirst = pending.qrRequired && token === undefined;
  const foot = (
    <Answers {...{ account, action, own, scanFirst }} approved={approved.value} onApprove={() => void approve()} onRefuse={(decision) => void refuse(decision)} />
  );
  return (
    <Screen title={kind(pending.operation)} back={props.back} foot={foot}>
      {particulars(pending.operation).length === 0 && <p class="question">{headline(pending.operation)}</p>}
      <TimeLeft until={pending.expiresAt} onOver={() => end({ how: "over", words: t("problem-expired") })} />
      {pending.numberRequired && token === undefined && (
        <Field label={t("number")} hint={t("number-hint")} sort="digits" length={2} value={number.value} onInput={(value) => (number.value = value)} error={missing.value} />
      )}
      {token !== undefined && <Notice kind="warn"><p>{t("request-scanned")}</p></Notice>}
      {scanFirst && <Notice><p>{t("request-scan")}</p></Notice>}
      <Trouble words={action.error} />
      <Details account={account} pending={pending} />
    </Screen>
  );
}

interface AnswersProps {
  readonly account: Account;
  readonly action: Action;
  readonly own: boolean;
  readonly scanFirst: boolean;
  readonly approved: boolean;
  readonly onApprove: () => void;
  readonly onRefuse: (decision: Exclude<Decision, "approve">) => void;
}

/** The two answers of equal weight, and the third below them. */
function Answers({ account, action: { busy }, own, scanFirst, approved, onApprove, onRefuse }: AnswersProps): JSX.Element {
  return (
    <>
      {!own && <p class="guard">{t("request-not-yours")}</p>}
      <div class="answers">
        {!approved && <Button kind="tonal" busy={busy} onPress={() => onRefuse("deny")}>{own ? t("cancel") : t("deny")}</Button>}
        {scanFirst ? (
          <Button icon="scan" onPress={() => go("/scan")}>{t("scan")}</Button>
        ) : (
          <Button icon={account.form === "biometric" ? "finger" : "check"} busy={busy} onPress={onApprove}>{approved ? t("try-again") : t("approve")}</Button>
        )}
      </div>
      {!own && <Button kind="plain" busy={busy} onPress={() => onRefuse("report")}>{t("not-me")}</Button>}
    </>
  );
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
