// Numbers, times and money as people read them.

import { language } from "./words.js";

/** An amount with its currency: every digit as the server wrote it, thousands apart. */
export function money(amount: string, currency: string): string {
  const [whole = "", fraction] = amount.split(".", 2);
  const [group, point] = language.value === "ru" ? ["\u00a0", ","] : [",", "."];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group ?? "");
  return `${grouped}${fraction === undefined ? "" : `${point}${fraction}`}\u00a0${currency}`;
}

/** Date and time of Unix seconds. */
export function moment(seconds: number): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

/** The time of day of Unix seconds; with the date where that is not today's. */
export function timeOfDay(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (at.toDateString() !== new Date().toDateString()) return moment(seconds);
  return new Intl.DateTimeFormat(language.value, { timeStyle: "short" }).format(at);
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
