// A field for an amount of money: thousands apart while typing, what it means below, and in words what it does not take.

import type { JSX } from "preact";
import { type Read, type Takes, marksOf, read, shown } from "../core/amount.js";
import { edited } from "../core/amount-typing.js";
import { amountOf, money } from "../app/format.js";
import { language, t } from "../app/words.js";
import { Field } from "./parts.js";

interface AmountFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly takes: Takes;
  /** As it was typed, without the marks that the field shows besides. */
  readonly typed: string;
  readonly onInput: (typed: string) => void;
  readonly error: string | undefined;
}

/** The field. */
export function AmountField({ label, hint, takes, typed, onInput, error }: AmountFieldProps): JSX.Element {
  const marks = marksOf(language.value);
  const keep = (input: HTMLInputElement): string => {
    const next = edited(typed, input.value, marks);
    const caret = input.selectionStart === null ? undefined : next.caret;
    if (input.value !== next.shows) {
      input.value = next.shows;
      if (caret !== undefined) input.setSelectionRange(caret, caret);
    }
    return next.typed;
  };
  return (
    <Field label={label} hint={hint} sort="amount" value={shown(typed, marks)} read={keep} onInput={onInput} error={error}>
      <p class="understood" aria-live="polite">{understood(typed, takes)}</p>
    </Field>
  );
}

/** Where a mark was typed, it is shown what it was taken for. */
function understood(typed: string, takes: Takes): string {
  const means = /^\d*$/.test(typed) ? undefined : readAmount(typed, takes);
  return means && "amount" in means ? money(means.amount, takes.currency) : "";
}

/** Reads an amount by the marks of the language on the screen. */
export function readAmount(typed: string, takes: Takes): Read {
  return read(typed, marksOf(language.value), takes);
}

/** Why an amount is not taken, in words. */
export function refusedAmount(means: Exclude<Read, { amount: string }>, { currency, decimals }: Takes): string {
  switch (means.refused) {
    case "empty":
      return t("card-amount-missing");
    case "unreadable":
      return t("amount-unreadable", { example: amountOf(decimals === 0 ? "1250" : `1250.${"50".padEnd(decimals, "0")}`) });
    case "unclear": {
      const [first, second] = means.readings;
      return t("amount-unclear", { first: amountOf(first), second: amountOf(second) });
    }
    case "too-fine":
      return t(decimals === 0 ? "amount-whole" : "amount-too-fine", { example: amountOf(means.next) });
    case "too-large":
      return t("amount-too-large");
    case "other-currency":
      return t("amount-other-currency", { currency });
  }
}
