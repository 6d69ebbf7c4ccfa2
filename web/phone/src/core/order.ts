// The order in which requests are shown: money before everything else, then as they came.

import type { Pending } from "./types";

/** Stable: what is equal keeps its place. */
export function moneyFirst<Shown extends { readonly pending: Pending }>(all: readonly Shown[]): Shown[] {
  return [...all].sort((one, other) => Number(isMoney(other.pending)) - Number(isMoney(one.pending)));
}

function isMoney({ operation }: Pending): boolean {
  return "amount" in operation;
}
