// Being an installed app: the browser's offer to install, the next version, and messages that come while it is open.

import { startWorker } from "../core/worker.js";
import { accountOf, core, installOffer, update } from "./state.js";
import { take } from "./watch.js";

/** Begins to listen. */
export function startInstalled(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    // The offer is made by the app, at home, and not by a bar over whatever is on the screen.
    event.preventDefault();
    installOffer.value = event as Event & { prompt(): Promise<unknown> };
  });
  void startWorker({
    update: (reload) => (update.value = reload),
    pushed: (device) => void pull(device),
  });
}

/** A message came: the list may have changed before the stream of events says so. */
async function pull(device: string): Promise<void> {
  const account = accountOf(device);
  if (!account) return;
  const told = await core().pending(account).catch(() => undefined);
  if (told) take(device, told);
}
