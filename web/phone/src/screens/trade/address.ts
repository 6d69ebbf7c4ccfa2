// Where the trading screen is.

import { config } from "../../app/state.js";

/** The trader. */
export function traderAddress(): string {
  return config.value?.trade_url ?? "";
}

/** The trader, to look only. */
export function readOnlyAddress(): string {
  const address = traderAddress();
  if (address === "") return "";
  const url = new URL(address, location.href);
  url.searchParams.set("view", "read-only");
  return url.href;
}

/** Leaves for the trader. */
export function openTrader(): void {
  location.assign(traderAddress());
}
