// What the self-check says of each thing it looks at.

import { t } from "../app/words.js";
import type { Check } from "../core/types.js";

/** What was looked at. */
export function title({ name }: Check): string {
  const titles: Record<Check["name"], string> = {
    permission: "check-permission",
    subscription: "check-subscription",
    network: "check-network",
    clock: "check-clock",
    server: "check-server",
    worker: "check-worker",
    device: "check-device",
  };
  return t(titles[name]);
}

/** What is wrong, and what to do about it. */
export function advice({ name, reason = "", value = 0 }: Check): string {
  if (name === "clock" && (reason === "behind" || reason === "ahead")) {
    return t(reason === "behind" ? "check-clock-behind" : "check-clock-ahead", { n: Math.abs(Math.round(value)) });
  }
  return t(ADVICE[`${name} ${reason}`] ?? OTHERWISE[name]);
}

const ADVICE: Record<string, string> = {
  "permission denied": "check-permission-denied",
  "permission default": "check-permission-default",
  "permission unsupported": "check-permission-unsupported",
  "permission ios_home_screen": "push-ios-home-screen",
  "subscription gone": "check-subscription-gone",
  "subscription never_delivered": "check-subscription-never",
  "subscription refused": "check-subscription-refused",
  "subscription unreachable": "check-subscription-unreachable",
  "subscription offline": "check-not-looked",
  "subscription unsupported": "check-permission-unsupported",
  "clock offline": "check-not-looked",
  "server offline": "check-not-looked",
  "device offline": "check-not-looked",
  "worker starting": "check-worker-starting",
};

const OTHERWISE: Record<Check["name"], string> = {
  permission: "check-permission-default",
  subscription: "check-subscription-none",
  network: "check-network-offline",
  clock: "check-clock-unknown",
  server: "check-server-unreachable",
  worker: "check-worker-none",
  device: "check-device-not-active",
};
