// Knowing of requests while the app is open: by the server's events, and by asking again where they do not come.

import { EventReader } from "./events";
import type { Phone } from "./phone";
import { listed, pending } from "./requests";
import { PhoneError, type Told } from "./types";

/** What the watcher tells. */
export interface Watcher {
  readonly list: (told: Told) => void;
  /** What is wrong with the connection; `undefined` when it is well again. */
  readonly trouble: (error: PhoneError | undefined) => void;
  readonly signal: AbortSignal;
}

/** Pauses before the next try, in milliseconds; the last one from then on. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Silence after which the stream is taken for dead: three times what the server lets pass between its signs of life. */
const SILENCE = 45_000;

/** The server says at once what waits. As long as a stream has brought nothing at all, it is asked plainly this often. */
const MUTE = 8_000;

/** Errors that trying again cannot mend: this phone is not known any more. */
const FINAL: readonly string[] = ["unauthorized", "forbidden", "storage", "device-not-active"];

/** Watches until the signal ends it, or until trying again is no use. */
export async function watch(open: () => Promise<Phone>, watcher: Watcher): Promise<void> {
  const { signal, trouble } = watcher;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const phone = await open();
      await stream(phone, watcher, () => plainly(open, watcher), () => {
        failures = 0;
        trouble(undefined);
      });
      // The stream ends with the access token; the next call gets another one.
      failures = 0;
      await pause(500, signal);
    } catch (caught) {
      if (signal.aborted) return;
      const error = caught instanceof PhoneError ? caught : new PhoneError("internal");
      if (FINAL.includes(error.slug)) return trouble(error);
      failures += 1;
      if (!(await plainly(open, watcher))) trouble(error);
      await pause(PAUSES[Math.min(failures, PAUSES.length) - 1] ?? 0, signal);
    }
  }
}

/** The plain question, where the stream fails or is silent: a proxy may not let it through. */
async function plainly(open: () => Promise<Phone>, { list, signal, trouble }: Watcher): Promise<boolean> {
  if (!navigator.onLine || document.visibilityState === "hidden") return false;
  try {
    const found = await pending(await open());
    if (signal.aborted) return true;
    list(found);
    trouble(undefined);
    return true;
  } catch {
    return false;
  }
}

async function stream(phone: Phone, { list, signal }: Watcher, ask: () => Promise<boolean>, alive: () => void): Promise<void> {
  const silent = new AbortController();
  const stop = (): void => silent.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, SILENCE);
  const mute = setInterval(() => void ask(), MUTE);
  try {
    const response = await phone.call({ method: "GET", path: "events", signal: silent.signal, stream: true });
    const reader = response.body?.getReader();
    if (!reader) throw new PhoneError("unsupported", { reason: "stream" });
    const [decoder, events] = [new TextDecoder(), new EventReader()];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      clearInterval(mute);
      timer = setTimeout(stop, SILENCE);
      alive();
      for (const event of events.read(decoder.decode(value, { stream: true }))) {
        if (event.name === "confirmations" && !signal.aborted) list(listed(JSON.parse(event.data), phone.place.clock));
      }
    }
  } catch (error) {
    if (silent.signal.aborted) throw new PhoneError("timeout", { reason: "silence" });
    throw error instanceof PhoneError && error.slug !== "cancelled" ? error : new PhoneError("offline");
  } finally {
    clearTimeout(timer);
    clearInterval(mute);
    signal.removeEventListener("abort", stop);
    silent.abort();
  }
}

/** Waits; shorter when the page is shown or the network is back, since then somebody looks. */
function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", shown);
      resolve();
    };
    const shown = (): void => {
      if (document.visibilityState === "visible") done();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener("abort", done);
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", shown);
    if (signal.aborted) done();
  });
}
