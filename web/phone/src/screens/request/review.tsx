// A request in full, and the answers to it.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Account, Decision, Pending } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { details, headline } from "../../app/operation.js";
import { explain, over } from "../../app/problems.js";
import { go } from "../../app/router.js";
import { accounts, answered, config, core, waiting } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { Button, Field, Notice, Trouble } from "../../ui/parts.js";
import { askPresence, askSure } from "../../ui/sheet.js";
import { TimeLeft } from "../../ui/time-left.js";
import type { Ending } from "./outcome.js";

interface ReviewProps {
  readonly account: Account;
  readonly pending: Pending;
  /** What was scanned from the login screen. */
  readonly token?: string | undefined;
  /** Begun in this app, so nobody else's. */
  readonly own?: boolean;
  /** The card's name for people, where the operation names its id. */
  readonly card?: string | undefined;
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
    missing.value = pending.numberRequired && !/^\d{2}$/.test(number.value) ? t("number-missing") : undefined;
    if (missing.value !== undefined) return;
    const presence = await askPresence(account, t("approve"));
    if (!presence) return;
    await action.run(async () => {
      const shown = token ?? (pending.numberRequired ? number.value : undefined);
      await core().decide(account, pending, "approve", { presence, ...(shown === undefined ? {} : { number: shown }) });
      approved.value = true;
      await carryOut();
    }, failed);
  };
  const refuse = (decision: Exclude<Decision, "approve">): Promise<void> =>
    action.run(async () => {
      if (decision === "report" && !(await askSure(sureWords(pending)))) throw new PhoneError("cancelled");
      await core().decide(account, pending, decision, {});
      end({ how: decision === "deny" ? "denied" : "reported" });
    }, failed);
  const scanFirst = pending.qrRequired && token === undefined;
  return (
    <div class="review">
      <p class="lead">{headline(pending.operation)}</p>
      <TimeLeft until={pending.expiresAt} onOver={() => end({ how: "over", words: t("problem-expired") })} />
      <Details account={account} pending={pending} card={props.card} />
      {!own && <Notice kind="warn"><p>{t(token === undefined ? "request-not-yours" : "request-scanned")}</p></Notice>}
      {pending.numberRequired && token === undefined && (
        <Field label={t("number")} hint={t("number-hint")} sort="digits" length={2} value={number.value} onInput={(value) => (number.value = value)} error={missing.value} />
      )}
      {scanFirst && <Notice><p>{t("request-scan")}</p></Notice>}
      <Trouble words={action.error} />
      <div class="answers">
        {scanFirst ? (
          <Button icon="scan" onPress={() => go("/scan")}>{t("scan")}</Button>
        ) : (
          <Button icon={account.form === "biometric" ? "finger" : "check"} busy={action.busy} onPress={() => void approve()}>{approved.value ? t("try-again") : t("approve")}</Button>
        )}
        {own ? (
          !approved.value && <Button kind="plain" busy={action.busy} onPress={() => void refuse("deny")}>{t("cancel")}</Button>
        ) : (
          <div class="refusals">
            <Button kind="tonal" busy={action.busy} onPress={() => void refuse("deny")}>{t("deny")}</Button>
            <Button kind="tonal" busy={action.busy} onPress={() => void refuse("report")}>{t("not-me")}</Button>
          </div>
        )}
      </div>
    </div>
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

function Details({ account, pending, card }: Pick<ReviewProps, "account" | "pending" | "card">): JSX.Element {
  const rows = details(pending.operation, card);
  const several = accounts.value.length > 1;
  return (
    <dl class="details">
      {rows.map(({ label, value, large, exact }) => (
        <div key={label} class={large ? "detail large" : "detail"}>
          <dt>{label}</dt>
          <dd>
            {value}
            {exact !== undefined && <span class="exact">{exact}</span>}
          </dd>
        </div>
      ))}
      {several && (
        <div class="detail">
          <dt>{t("detail-username")}</dt>
          <dd>{account.username}</dd>
        </div>
      )}
    </dl>
  );
}

function approvedWords({ operation }: Pending): string {
  return operation.type === "login" ? t("outcome-approved-login", { client: operation.client_name }) : t("outcome-approved-words");
}

function sureWords({ operation }: Pending): { title: string; words: string[]; yes: string; no: string } {
  const what = operation.type === "login" ? t("report-words-login") : t("report-words");
  const desk = config.value?.desk_told ? t("report-desk") : t("report-call");
  return { title: t("report-sure"), words: [what, desk], yes: t("report-yes"), no: t("cancel") };
}
