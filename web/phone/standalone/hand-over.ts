// In the phone app's frame: says whether a key is here, and signs that it is handed over. Only our own origin is answered.

import type { Question } from "../src/core/standalone.js";
import { handOver, installed, key, markReplaced } from "./keys.js";

/** Begins to listen, and says so. */
export function listen(): void {
  window.addEventListener("message", (event: MessageEvent) => {
    const port = event.ports[0];
    if (event.origin !== location.origin || event.source !== window.parent || !port) return;
    void answer(event.data as Question).then(
      (given) => port.postMessage(given),
      () => port.postMessage(undefined),
    );
  });
  window.parent.postMessage("standalone-listens", location.origin);
}

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case "who": {
      const row = await key();
      if (!row || row.migrated) return [];
      return [{ username: row.username, device: row.device, version: installed() }];
    }
    case "hand-over":
      return handOver(question);
    case "replaced":
      await markReplaced(question.device);
      return true;
  }
}
