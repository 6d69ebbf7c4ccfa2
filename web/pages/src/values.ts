// What of a typed text belongs into the first of two fields, without a page.

/** What both fields hold after something was typed or pasted into the first. */
export interface Shared {
  readonly here: string;
  readonly there: string;
  /** Whether the first value is complete. */
  readonly full: boolean;
}

/** Values are letters and digits, `length` each; what is typed between them stays out where they are parted. */
export function shared(first: string, second: string, length: number): Shared {
  const typed = [...first.matchAll(/[\p{L}\p{N}]/gu)].map(([char]) => char);
  if (typed.length <= length) return { here: first, there: second, full: typed.length === length };
  return { here: typed.slice(0, length).join(""), there: typed.slice(length).join(""), full: true };
}
