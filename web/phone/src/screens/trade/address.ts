// Where the trading screen is.

import { config } from "../../app/state.js";

/** The trader: at once to the login, which finds the app's session. */
export function traderAddress(): string {
  return address("trade");
}

/** The trader, to look only. */
export function readOnlyAddress(): string {
  return address("read-only");
}

function address(view: string): string {
  const place = config.value?.trade_url;
  if (place === undefined) return "";
  const url = new URL(place, location.href);
  url.searchParams.set("view", view);
  return url.href;
}

/** Leaves for the trader. */
export function openTrader(): void {
  location.assign(traderAddress());
}
