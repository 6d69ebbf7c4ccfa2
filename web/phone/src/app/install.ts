// Being installed, and being renewed: the browser's offer to install, and the service worker's next version.

import { installOffer, update } from "./state.js";

/** Begins to listen. */
export function startInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    // The offer is made by the app, at home, and not by a bar over whatever is on the screen.
    event.preventDefault();
    installOffer.value = event as Event & { prompt(): Promise<unknown> };
  });
  void watchWorker();
}

async function watchWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/app/sw.js").catch(() => undefined);
  if (!registration) return;
  const offer = (): void => {
    const next = registration.waiting;
    // The first worker is no new version.
    if (next && navigator.serviceWorker.controller) update.value = () => take(next);
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
}

function take(next: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  next.postMessage("skip-waiting");
}
