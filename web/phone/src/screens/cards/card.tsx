// One card: what is available, large purchases, declined payments, blocking.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Account, Card, Pending } from "../../core/types.js";
import { money, moment, timeOfDay } from "../../app/format.js";
import { asOwn, core } from "../../app/state.js";
import { t } from "../../app/words.js";
import { useAction } from "../../ui/action.js";
import { AmountField, readAmount, refusedAmount } from "../../ui/amount-field.js";
import { Actions, Button, Form, Group, Notice, Row, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { askSure } from "../../ui/sheet.js";
import { Outcome, type Ending } from "../request/outcome.js";
import { Review } from "../request/review.js";
import { Face } from "./face.js";

interface CardProps {
  readonly account: Account;
  readonly card: Card;
  readonly onChanged: () => Promise<void>;
}

/** A card; over it what is to be approved, and how that ended. */
export function OneCard({ account, card, onChanged }: CardProps): JSX.Element {
  const pending = useSignal<Pending | undefined>(undefined);
  const ending = useSignal<Ending | undefined>(undefined);
  const done = (): void => {
    ending.value = pending.value = undefined;
    void onChanged();
  };
  const end = (how: Ending): void => {
    // Whoever turns back is where they came from.
    if (how.how === "denied") done();
    else ending.value = how;
  };
  if (ending.value) return <Outcome ending={ending.value} onDone={done} />;
  if (pending.value) {
    const asked = pending.value;
    return <Review account={account} pending={asked} back="/cards" own onApproved={() => carriedOut(account, asked)} onEnd={end} />;
  }
  return <Open account={account} card={card} onChanged={onChanged} onPending={(asked) => (pending.value = asked)} />;
}

async function carriedOut(account: Account, { id, operation }: Pending): Promise<Extract<Ending, { how: "approved" }>> {
  const { expires_at } = await core().finish(account, id);
  if (operation.type === "card_preauthorisation") {
    const amount = money(operation.amount, operation.currency);
    if (expires_at === undefined) return { how: "approved", words: t("card-preauthorised-for", { amount, n: operation.minutes }) };
    return { how: "approved", words: t("card-preauthorised", { amount, time: timeOfDay(expires_at) }) };
  }
  const merchant = operation.type === "card_payment" ? operation.merchant : "";
  return { how: "approved", words: t("card-authorised", { merchant }) };
}

interface OpenProps extends CardProps {
  readonly onPending: (pending: Pending) => void;
}

function Open({ account, card, onChanged, onPending }: OpenProps): JSX.Element {
  const action = useAction();
  const usable = card.state === "active";
  const authorise = (payment: string): void => void action.run(async () => onPending(asOwn(account.device, await core().authorise(account, card.id, payment))));
  const block = (): Promise<void> =>
    action.run(async () => {
      const sure = { title: t("card-block-sure", { last: card.last_four }), words: [t("card-block-words")], yes: t("card-block-yes"), no: t("cancel") };
      if (!(await askSure(sure))) return;
      await core().block(account, card.id);
      await onChanged();
    });
  return (
    <Screen title={card.label} back="/cards">
      <div class="card-large"><Face card={card} /></div>
      <p class="amount-line"><span>{t("card-available")}</span> <strong>{money(card.available, card.currency)}</strong></p>
      <Trouble words={action.error} />
      {!usable && <Notice kind="warn"><p>{stateWords(card)}</p></Notice>}
      {usable && <Declined card={card} busy={action.busy} onAuthorise={authorise} />}
      {usable && <Preauthorise account={account} card={card} onPending={onPending} />}
      {usable && <Group title={t("card-lost")} note={t("card-block-note")}><Row icon="close" title={t("card-block")} danger onPress={() => void block()} /></Group>}
    </Screen>
  );
}

function stateWords({ state }: Card): string {
  if (state === "pending") return t("card-pending-words");
  return state === "blocked" ? t("card-blocked-words") : t("card-cancelled-words");
}

interface DeclinedProps {
  readonly card: Card;
  readonly busy: boolean;
  readonly onAuthorise: (payment: string) => void;
}

function Declined({ card, busy, onAuthorise }: DeclinedProps): JSX.Element | null {
  if (card.declined.length === 0) return null;
  return (
    <section class="group">
      <h2>{t("card-declined")}</h2>
      <ul class="rows">
        {card.declined.map((payment) => (
          <li key={payment.id} class="declined">
            <div class="row">
              <span class="row-text">
                <span class="row-title">{payment.merchant}</span>
                <span class="row-words">{moment(payment.at)}</span>
              </span>
              <span class="row-amount">{money(payment.amount, payment.currency)}</span>
            </div>
            <Button kind="tonal" busy={busy} onPress={() => onAuthorise(payment.id)}>
              {t("card-authorise")}<span class="hidden"> {payment.merchant}</span>
            </Button>
          </li>
        ))}
      </ul>
      <p class="note">{t("card-declined-note")}</p>
    </section>
  );
}

interface PreauthoriseProps {
  readonly account: Account;
  readonly card: Card;
  readonly onPending: (pending: Pending) => void;
}

function Preauthorise({ account, card, onPending }: PreauthoriseProps): JSX.Element {
  const amount = useSignal("");
  const action = useAction();
  const running = card.preauthorisation;
  // Whole amounts, since the final price is not known yet.
  const takes = { currency: card.currency, decimals: 0 };
  const submit = (): void => {
    const means = readAmount(amount.value, takes);
    if (!("amount" in means)) return action.refuse(refusedAmount(means, takes));
    if (means.amount === "0") return action.refuse(t("card-amount-missing"));
    void action.run(async () => onPending(asOwn(account.device, await core().preauthorise(account, card.id, means.amount))));
  };
  return (
    <section class="panel">
      <h2>{t("card-preauthorise")}</h2>
      <p>{t("card-preauthorise-words")}</p>
      {running && <Notice kind="good"><p>{t("card-preauthorised-now", { amount: money(running.amount, card.currency), time: timeOfDay(running.expires_at) })}</p></Notice>}
      <Form onSubmit={submit}>
        <AmountField label={t("card-amount", { currency: card.currency })} hint={t("card-amount-hint")} takes={takes} typed={amount.value} onInput={(typed) => (amount.value = typed)} error={action.error} />
        <Actions><Button submit busy={action.busy}>{t("card-preauthorise-button")}</Button></Actions>
      </Form>
    </section>
  );
}
