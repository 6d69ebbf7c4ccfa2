// The self-check: why pushes may not arrive, row by row.

import { request } from "./http";
import type { Phone } from "./phone";
import * as push from "./push";
import { optional } from "./read";
import { knownOf, stands } from "./subscription";
import { type Check, PhoneError } from "./types";

/** Seconds that a clock may be off before it is worth a word: half of what a proof may be. */
const CLOCK = 30;

/** All rows, in the order of a chain: whatever is broken first breaks what follows. */
export async function selfCheck(phone: Phone): Promise<Check[]> {
  const network = await networkOf();
  const [device, server] = network.state === "good" ? await deviceOf(phone) : [offline("device"), offline("server")];
  const rows = [network, server, clockOf(phone), device, await workerOf(), permissionOf()];
  const subscription = network.state === "good" ? await subscriptionOf(phone) : offline("subscription");
  return [...rows, subscription];
}

async function networkOf(): Promise<Check> {
  if (!navigator.onLine) return offline("network");
  try {
    await request("/app/config.json", { method: "GET", patience: 8_000 });
    return { name: "network", state: "good" };
  } catch (error) {
    return { name: "network", state: "bad", reason: reasonOf(error) };
  }
}

/** Whether the server still knows this phone, and whether it answers at all. */
async function deviceOf(phone: Phone): Promise<[Check, Check]> {
  try {
    const held = await phone.get("device");
    const state = optional(held, "state") ?? "unknown";
    const device: Check = state === "active" ? { name: "device", state: "good" } : { name: "device", state: "bad", reason: state };
    return [device, { name: "server", state: "good" }];
  } catch (error) {
    const reason = reasonOf(error);
    const refused = reason === "unauthorized" || reason === "device-not-active";
    return [
      { name: "device", state: "bad", reason: refused ? "gone" : reason },
      refused ? { name: "server", state: "good" } : { name: "server", state: "bad", reason },
    ];
  }
}

function clockOf(phone: Phone): Check {
  const ahead = phone.place.clock.measured;
  if (ahead === undefined) return { name: "clock", state: "warning", reason: "offline" };
  if (Math.abs(ahead) <= CLOCK) return { name: "clock", state: "good", value: ahead };
  return { name: "clock", state: "warning", reason: ahead > 0 ? "behind" : "ahead", value: Math.abs(ahead) };
}

async function workerOf(): Promise<Check> {
  if (!("serviceWorker" in navigator)) return { name: "worker", state: "bad", reason: "unsupported" };
  const registration = await navigator.serviceWorker.getRegistration("/app/").catch(() => undefined);
  if (registration?.active) return { name: "worker", state: "good" };
  return { name: "worker", state: "bad", reason: registration ? "starting" : "missing" };
}

function permissionOf(): Check {
  const able = push.ability();
  if (able !== "able") return { name: "permission", state: "bad", reason: able };
  const { permission } = Notification;
  if (permission === "granted") return { name: "permission", state: "good" };
  return { name: "permission", state: "bad", reason: permission };
}

async function subscriptionOf(phone: Phone): Promise<Check> {
  const bad = (reason: string): Check => ({ name: "subscription", state: "bad", reason });
  if (push.ability() !== "able") return bad("unsupported");
  try {
    const [mine, known] = [await push.subscription(), await knownOf(phone)];
    if (!mine || !known.subscription) return bad("missing");
    const { lastResult } = known.subscription;
    if (lastResult === "gone" || lastResult === "refused" || lastResult === "unreachable") return bad(lastResult);
    if (!(await stands(phone, mine, known))) return bad("other");
    if ((await phone.storage.setting("lastPush")) === undefined) {
      return { name: "subscription", state: "warning", reason: "never_delivered" };
    }
    return { name: "subscription", state: "good" };
  } catch (error) {
    return bad(reasonOf(error));
  }
}

function offline(name: Check["name"]): Check {
  return { name, state: name === "network" ? "bad" : "warning", reason: "offline" };
}

function reasonOf(error: unknown): string {
  return error instanceof PhoneError ? error.slug : "unknown";
}
