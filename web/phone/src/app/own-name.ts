// What a phone calls itself, so that two of them are told apart: "Pixel 9", "iPhone", "Android · Chrome".

import { program } from "./program.js";

/** The name for a browser's own words; undefined for what is no phone or tablet. */
export function nameOf(agent: string, model: string, touch: boolean): string | undefined {
  if (model !== "" && model !== "K") return model;
  const { browser, system } = program(agent);
  // An iPad calls itself a Macintosh, but has fingers on it.
  if (system === "macOS" && touch) return "iPad";
  if (system === "iPhone" || system === "iPad") return system;
  return system === "Android" ? [system, browser].filter((part) => part !== undefined).join(" · ") : undefined;
}

/** What browsers with client hints tell (not all do). */
interface AgentData {
  getHighEntropyValues(hints: readonly string[]): Promise<{ readonly model?: string }>;
}

/** The name of this phone. */
export async function ownName(): Promise<string | undefined> {
  const data = (navigator as Navigator & { readonly userAgentData?: AgentData }).userAgentData;
  const model = await data?.getHighEntropyValues(["model"]).then((told) => told.model, () => undefined);
  return nameOf(navigator.userAgent, model ?? "", navigator.maxTouchPoints > 1);
}
