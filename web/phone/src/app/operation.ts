// What is asked, in words: every member of an operation, none left out.

import type { Operation } from "../core/types.js";
import { moment, money } from "./format.js";
import { program } from "./program.js";
import { t } from "./words.js";

/** One detail. `large`: what matters most. */
export interface Detail {
  readonly label: string;
  readonly value: string;
  readonly large?: boolean;
  /** The same, as it was sent. */
  readonly exact?: string;
}

/** What is asked, in a line. */
export function headline(operation: Operation): string {
  const client = operation.client_name;
  switch (operation.type) {
    case "login":
      return t("operation-login", { client });
    case "authentication":
      return t("operation-authentication", { client });
    case "withdrawal":
      return t("operation-withdrawal", { amount: money(operation.amount, operation.currency), payee: operation.destination.name });
    case "card_payment":
      return t("operation-card-payment", { amount: money(operation.amount, operation.currency), merchant: operation.merchant });
    case "card_preauthorisation":
      return t("operation-card-preauthorisation", { amount: money(operation.amount, operation.currency) });
    default:
      return unknownOperation(operation);
  }
}

/** What kind of thing is asked; the heading of its screen. */
export function kind(operation: Operation): string {
  const titles: Record<Operation["type"], string> = {
    login: "operation-login-title",
    authentication: "operation-authentication-title",
    withdrawal: "operation-withdrawal-title",
    card_payment: "operation-card-payment-title",
    card_preauthorisation: "operation-card-preauthorisation-title",
  };
  return t(titles[operation.type] ?? "operation-other-title");
}

/** Every detail, what matters most first; `card` is a card's name for people. */
export function details(operation: Operation, card?: string): Detail[] {
  return [...particulars(operation, card), ...circumstances(operation)];
}

function particulars(operation: Operation, card: string | undefined): Detail[] {
  switch (operation.type) {
    case "withdrawal":
      return [
        { label: t("detail-amount"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-payee"), value: operation.destination.name, large: true },
        { label: t("detail-payee-account"), value: operation.destination.account, large: true },
        { label: t("detail-from-account"), value: operation.account_id },
        { label: t("detail-reference"), value: operation.reference },
      ];
    case "card_payment":
      return [
        { label: t("detail-amount"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-merchant"), value: operation.merchant, large: true },
        { label: t("detail-card"), ...named(operation.card_id, card) },
      ];
    case "card_preauthorisation":
      return [
        { label: t("detail-up-to"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-window"), value: t("minutes", { n: operation.minutes }), large: true },
        { label: t("detail-card"), ...named(operation.card_id, card) },
      ];
    default:
      return [];
  }
}

function named(id: string, name: string | undefined): Pick<Detail, "value" | "exact"> {
  return name === undefined ? { value: id } : { value: name, exact: id };
}

function circumstances(operation: Operation): Detail[] {
  const found: Detail[] = [{ label: t("detail-who"), value: operation.client_name }];
  if ("message" in operation && operation.message) found.push({ label: t("detail-message"), value: operation.message });
  if (operation.address) found.push({ label: t("detail-where"), value: operation.address });
  if (operation.type === "login") found.push({ label: t("detail-program"), ...program(operation.agent) });
  found.push({ label: t("detail-when"), value: moment(operation.at) });
  // A kind this version does not know is shown raw rather than hidden.
  if (!KNOWN.includes(operation.type)) found.unshift({ label: t("detail-raw"), value: JSON.stringify(operation) });
  return found;
}

const KNOWN: readonly string[] = ["login", "authentication", "withdrawal", "card_payment", "card_preauthorisation"];

function unknownOperation(operation: { readonly client_name: string }): string {
  return t("operation-other", { client: operation.client_name });
}
