// Numbers, times and money as people read them.

import { marksOf, number, write } from "../core/amount.js";
import { language, t } from "./words.js";

/** An amount with its currency: every digit as the server wrote it, thousands apart. */
export function money(amount: string, currency: string): string {
  return write(amount, currency, marksOf(language.value));
}

/** An amount without its currency. */
export function amountOf(amount: string): string {
  return number(amount, marksOf(language.value));
}

/** The language's conventions: 24 hours and the day before the month in English too. */
function locale(): string {
  return language.value === "en" ? "en-GB" : language.value;
}

/** Date and time of Unix seconds. */
export function moment(seconds: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

/** The time of day of Unix seconds; with the date where that is not today's. */
export function timeOfDay(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (at.toDateString() !== new Date().toDateString()) return moment(seconds);
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(at);
}

/** A country's name. */
export function country(code: string): string {
  return new Intl.DisplayNames(language.value, { type: "region" }).of(code) ?? code;
}

/** Digits in groups that can be read and typed: `1234 5678`. */
export function groups(digits: string): string[] {
  const size = digits.length === 6 ? 3 : 4;
  return digits.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
}

/** How long ago something was, both in Unix seconds; the time of day where that is long. */
export function since(at: number, now: number): string {
  const n = Math.floor((now - at) / 60);
  if (n < 1) return t("request-just-now");
  return n < 60 ? t("request-minutes-ago", { n }) : timeOfDay(at);
}
