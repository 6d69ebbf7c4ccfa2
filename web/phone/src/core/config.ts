// What the server says about itself; without a network, what it said last.

import { answer, request } from "./http";
import { flag, list, memberOf, optional, text } from "./read";
import type { Storage } from "./storage";
import { type Config, PhoneError } from "./types";

/** Nobody waits long for what was known before. */
const PATIENCE = 5_000;

/** Asks, keeps, and where asking fails gives the kept. */
export async function load(storage: Storage): Promise<Config> {
  try {
    const config = parsed(await answer(await request("/app/config.json", { method: "GET", patience: PATIENCE })));
    await storage.keepSetting("config", config).catch(() => undefined);
    return config;
  } catch (error) {
    const kept = await storage.setting("config").catch(() => undefined);
    if (kept) return kept;
    throw error;
  }
}

function parsed(held: unknown): Config {
  const issuer = text(held, "issuer");
  // The app speaks to its own origin alone, and its proofs name the issuer: these two are one.
  if (issuer !== location.origin && !issuer.startsWith(`${location.origin}/`)) throw new PhoneError("malformed", { reason: "issuer" });
  const trade = optional(held, "trade_url");
  const desk = memberOf(held, "desk") === undefined ? [] : list(held, "desk");
  return {
    issuer,
    product: text(held, "product"),
    ...(trade !== undefined && { trade_url: trade }),
    cards: flag(held, "cards"),
    demo: flag(held, "demo"),
    desk: desk.map((line) => ({ country: text(line, "country"), phone: text(line, "phone") })),
    standalone_from: optional(held, "standalone_from") ?? "",
    desk_told: memberOf(held, "desk_told") === true,
  };
}
