// What is asked, in words: every member of an operation, none left out; what matters most first.

import { cardName } from "../core/card-name.js";
import type { Amount, Operation } from "../core/types.js";
import { moment, money, since } from "./format.js";
import { program } from "./program.js";
import { t } from "./words.js";

/** One detail. `large`: what matters most, and what is compared. */
export interface Detail {
  readonly label: string;
  readonly value: string;
  readonly large?: boolean;
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
    case "withdrawal_batch":
      return t("operation-withdrawal-batch", { amount: money(operation.amount, operation.currency), n: operation.withdrawals.length });
    case "card_payment":
      return t("operation-card-payment", { amount: money(operation.amount, operation.currency), merchant: operation.merchant });
    case "card_preauthorisation":
      return t("operation-card-preauthorisation", { amount: money(operation.amount, operation.currency) });
    case "limit_change":
      return t("operation-limit-change", { device: operation.device });
    case "passkey_addition":
      return t("operation-passkey-addition", { device: operation.device });
    case "pin_change":
      return t("operation-pin-change", { device: operation.device });
    case "device_order":
      return t("operation-device-order", { device: operation.device });
    case "desk_case":
      return t("operation-desk-case", { user: operation.user });
    case "call":
      return t("operation-call", { name: operation.first_name });
    case "two_devices_change":
    case "transfer_lock_open":
    case "contact_change":
    case "password_change":
    case "password_reset":
    case "number_recovery":
    case "phone_move":
    case "news_acknowledgement":
      return kind(operation);
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
    withdrawal_batch: "operation-withdrawal-batch-title",
    card_payment: "operation-card-payment-title",
    card_preauthorisation: "operation-card-preauthorisation-title",
    // No phone is asked whether another may take its place.
    phone_activation: "operation-other-title",
    limit_change: "operation-limit-change-title",
    two_devices_change: "operation-two-devices-change-title",
    transfer_lock_open: "operation-transfer-lock-open-title",
    password_change: "operation-password-change-title",
    password_reset: "operation-password-reset-title",
    passkey_addition: "operation-passkey-addition-title",
    pin_change: "operation-pin-change-title",
    device_order: "operation-device-order-title",
    desk_case: "operation-desk-case-title",
    number_recovery: "operation-number-recovery-title",
    phone_move: "operation-phone-move-title",
    contact_change: "operation-contact-change-title",
    call: "operation-call-title",
    news_acknowledgement: "operation-news-acknowledgement-title",
  };
  return t(titles[operation.type] ?? "operation-other-title");
}

/** Where it was asked, in a line: the program or whoever asks, the address, how long ago. */
export function origin(operation: Operation, now: number): string {
  const address = operation.address ? t("request-place-address", { address: operation.address }) : undefined;
  return [asker(operation), address, since(operation.at, now)].filter((part) => part !== undefined).join(" · ");
}

function asker(operation: Operation): string {
  if (operation.type !== "login") return operation.client_name;
  const { browser, system, exact } = program(operation.agent ?? "");
  if (browser !== undefined && system !== undefined) return t("request-program", { browser, system });
  return browser ?? system ?? exact;
}

/** What is decided about: amount, payee, merchant, card. None for a login, whose line says all. */
export function particulars(operation: Operation): Detail[] {
  switch (operation.type) {
    case "withdrawal":
      return [
        { label: t("detail-amount"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-payee"), value: operation.destination.name, large: true },
        { label: t("detail-payee-account"), value: operation.destination.account, large: true },
      ];
    case "withdrawal_batch":
      return [
        { label: t("detail-sum"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-payments"), value: String(operation.withdrawals.length), large: true },
      ];
    case "card_payment":
      return [
        { label: t("detail-amount"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-merchant"), value: operation.merchant, large: true },
        { label: t("detail-card"), value: cardName(operation.card_id) },
      ];
    case "card_preauthorisation":
      return [
        { label: t("detail-up-to"), value: money(operation.amount, operation.currency), large: true },
        { label: t("detail-window"), value: t("minutes", { n: operation.minutes }) },
        { label: t("detail-card"), value: cardName(operation.card_id) },
      ];
    case "limit_change":
      return [
        { label: t("detail-device"), value: operation.device, large: true },
        { label: t("detail-per-day"), value: limit(operation.per_day), large: true },
        { label: t("detail-per-five-days"), value: limit(operation.per_five_days), large: true },
        { label: t("detail-after"), value: t("hours", { n: operation.hours }) },
      ];
    case "two_devices_change":
      return [
        { label: t("detail-two-above"), value: limit(operation.above), large: true },
        { label: t("detail-after"), value: t("hours", { n: operation.hours }) },
      ];
    case "passkey_addition":
      return [
        { label: t("detail-passkey"), value: operation.device, large: true },
        { label: t("detail-passkey-kind"), value: t(operation.synced ? "passkey-synced" : "passkey-bound"), large: true },
      ];
    case "pin_change":
      return [{ label: t("detail-device"), value: operation.device, large: true }];
    case "device_order":
      return ordered(operation);
    case "desk_case":
      return desk(operation);
    case "call":
      return [
        { label: t("detail-call-name"), value: operation.first_name, large: true },
        { label: t("detail-call-words"), value: operation.words, large: true },
      ];
    case "contact_change":
      return [
        ...(operation.new ? [{ label: t("detail-contact-new"), value: operation.new, large: true }] : []),
        ...(operation.old ? [{ label: t("detail-contact-old"), value: operation.old, large: true }] : []),
      ];
    case "transfer_lock_open":
      return [{ label: t("detail-after"), value: t("hours", { n: operation.hours }), large: true }];
    default:
      return [];
  }
}

function ordered(order: Extract<Operation, { type: "device_order" }>): Detail[] {
  const { device, address, deposit, replaces } = order;
  return [
    { label: t("detail-device"), value: device, large: true },
    { label: t("detail-order-address"), value: address, large: true },
    ...(deposit ? [{ label: t("detail-order-deposit"), value: money(deposit.amount, deposit.currency) }] : []),
    ...(replaces ? [{ label: t("detail-order-replaces"), value: replaces, large: true }] : []),
  ];
}

function desk(one: Extract<Operation, { type: "desk_case" }>): Detail[] {
  const acts: Record<typeof one.act, string> = {
    temporary_access: "desk-temporary-access",
    password_link: "desk-password-link",
    reprint: "desk-reprint",
  };
  return [
    { label: t("detail-desk-user"), value: one.user, large: true },
    { label: t("detail-desk-act"), value: t(acts[one.act]), large: true },
    ...(one.card ? [{ label: t("detail-desk-card"), value: one.card, large: true }] : []),
    ...(one.proof ? [{ label: t("detail-desk-proof"), value: one.proof }] : []),
    { label: t("detail-desk-reason"), value: one.reason },
    { label: t("detail-desk-check"), value: one.identity_check },
    { label: t("detail-desk-first"), value: one.first },
  ];
}

/** One of several payments, to open. */
export interface Part {
  readonly title: string;
  readonly rows: readonly Detail[];
}

/** The payments that are confirmed at once, each with every member; none of anything else. */
export function parts(operation: Operation): Part[] {
  if (operation.type !== "withdrawal_batch") return [];
  return operation.withdrawals.map((one, at) => ({
    title: `${at + 1}. ${one.destination.name}: ${money(one.amount, one.currency)}`,
    rows: [
      { label: t("detail-amount"), value: money(one.amount, one.currency) },
      { label: t("detail-payee"), value: one.destination.name },
      { label: t("detail-payee-account"), value: one.destination.account },
      { label: t("detail-from-account"), value: one.account_id },
      { label: t("detail-reference"), value: one.reference },
    ],
  }));
}

/** A limit; none is no limit of that kind. */
function limit(most: Amount | undefined): string {
  return most ? money(most.amount, most.currency) : t("no-limit");
}

/** What is compared with another screen: the asker's own words. */
export function message(operation: Operation): Detail[] {
  return "message" in operation && operation.message ? [{ label: t("detail-message"), value: operation.message }] : [];
}

/** The rest, to look up. */
export function circumstances(operation: Operation): Detail[] {
  const found: Detail[] = [];
  // A kind this version does not know is shown raw rather than hidden.
  if (!KNOWN.includes(operation.type)) found.push({ label: t("detail-raw"), value: JSON.stringify(operation) });
  if (operation.type === "withdrawal") {
    found.push({ label: t("detail-from-account"), value: operation.account_id }, { label: t("detail-reference"), value: operation.reference });
  }
  if ("card_id" in operation && cardName(operation.card_id) !== operation.card_id) found.push({ label: t("detail-card-id"), value: operation.card_id });
  if (operation.type === "limit_change" || operation.type === "pin_change" || operation.type === "passkey_addition") found.push({ label: t("detail-device-id"), value: operation.device_id });
  found.push({ label: t("detail-who"), value: operation.client_name });
  if (operation.address) found.push({ label: t("detail-address"), value: operation.address });
  if (operation.type === "login") found.push({ label: t("detail-program"), value: operation.agent ?? "" });
  found.push({ label: t("detail-when"), value: moment(operation.at) });
  return found;
}

const KNOWN: readonly string[] = [
  "login",
  "authentication",
  "withdrawal",
  "withdrawal_batch",
  "card_payment",
  "card_preauthorisation",
  "limit_change",
  "two_devices_change",
  "transfer_lock_open",
  "password_change",
  "password_reset",
  "passkey_addition",
  "pin_change",
  "device_order",
  "desk_case",
  "number_recovery",
  "phone_move",
  "contact_change",
  "call",
  "news_acknowledgement",
];

function unknownOperation(operation: { readonly client_name: string }): string {
  return t("operation-other", { client: operation.client_name });
}
