// What an amount's field shows while somebody types: thousands apart, without touching what was typed.

import { type Marks, shown } from "./amount";

/** A field after a key: what was typed so far, how the field shows it, and where its caret belongs. */
export interface Typed {
  readonly typed: string;
  readonly shows: string;
  readonly caret: number;
}

/** `typed` was shown, and the field now holds `text`: marks that the field put in itself are not taken for typed ones. */
export function edited(typed: string, text: string, marks: Marks): Typed {
  const before = shown(typed, marks);
  const own = (part: string): string => (before === typed ? part : part.replaceAll(marks.group, ""));
  const start = common(before, text);
  const end = common(reversed(before.slice(start)), reversed(text.slice(start)));
  const removed = before.slice(start, before.length - end);
  const inserted = text.slice(start, text.length - end);
  // Whoever takes away a mark that is not theirs meant the digit before it.
  const lessOne = inserted === "" && removed !== "" && own(removed) === "";
  const head = lessOne ? own(before.slice(0, start)).slice(0, -1) : own(before.slice(0, start));
  const next = head + inserted + own(before.slice(before.length - end));
  return { typed: next, shows: shown(next, marks), caret: caretAt(next, head.length + inserted.length, marks) };
}

function caretAt(typed: string, place: number, marks: Marks): number {
  const shows = shown(typed, marks);
  if (shows === typed) return place;
  let [at, passed] = [0, 0];
  for (; passed < place; at += 1) if (shows[at] !== marks.group) passed += 1;
  return at;
}

function common(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}
