// The standalone app on this phone, asked in a frame of its own: the two share no storage, and it says what it wants to.

import { PhoneError, type Standalone } from "./types";

/** Where it listens. */
const FRAME = "/legacy-app/#hand-over";

/** How long it is waited for, in milliseconds: where it was never opened it may have to be fetched. */
const PATIENCE = 5_000;

/** What it is asked to sign. */
export interface HandOverAsked {
  readonly device: string;
  readonly activation: string;
  readonly successor: string;
  readonly challenge: string;
  readonly pin: string;
  readonly at: number;
}

/** The questions, by their kind. */
export type Question =
  | { readonly ask: "who" }
  | ({ readonly ask: "hand-over" } & HandOverAsked)
  | { readonly ask: "replaced"; readonly device: string };

/** The keys that live there. */
export async function found(floor: string): Promise<Standalone[]> {
  // Without a network it cannot be fetched, nor hand anything over.
  if (!navigator.onLine) return [];
  try {
    const held = await asked({ ask: "who" });
    const keys = Array.isArray(held) ? (held as Partial<Standalone>[]) : [];
    return keys.flatMap(({ username, device, version }) =>
      username && device && version ? [{ username, device, version, updateFirst: older(version, floor) }] : [],
    );
  } catch {
    return [];
  }
}

/** What its key signs. Throws `standalone` where it does not. */
export async function handOver(what: HandOverAsked): Promise<string> {
  const signed = await asked({ ask: "hand-over", ...what });
  if (typeof signed !== "string") throw new PhoneError("standalone");
  return signed;
}

/** Tells it that its key was replaced. */
export async function replaced(device: string): Promise<void> {
  await asked({ ask: "replaced", device });
}

/** Whether a version is older than another, part by part. */
export function older(version: string, floor: string): boolean {
  const [these, those] = [version, floor].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < Math.max(these?.length ?? 0, those?.length ?? 0); at += 1) {
    const difference = (these?.[at] ?? 0) - (those?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Opens the frame, asks once it listens, and closes it. */
function asked(question: Question): Promise<unknown> {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = FRAME;
  const channel = new MessageChannel();
  return new Promise<unknown>((answer, fail) => {
    const end = (): void => {
      clearTimeout(timer);
      window.removeEventListener("message", listens);
      channel.port1.close();
      frame.remove();
    };
    const timer = setTimeout(() => {
      end();
      fail(new PhoneError("standalone"));
    }, PATIENCE);
    const listens = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== location.origin || event.data !== "standalone-listens") return;
      frame.contentWindow?.postMessage(question, location.origin, [channel.port2]);
    };
    channel.port1.onmessage = ({ data }) => {
      end();
      answer(data);
    };
    window.addEventListener("message", listens);
    document.body.append(frame);
  });
}
