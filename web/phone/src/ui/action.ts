// One thing that a screen does at a time: busy while it runs, the error in words when it fails.

import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { cancelled, explain } from "../app/problems.js";

/** What a screen does, and how that went. */
export interface Action {
  readonly busy: boolean;
  /** Words for what went wrong last. */
  readonly error: string | undefined;
  /** Runs `act` unless something runs already. `failed` may take the error; it gives true when it dealt with it. */
  run(act: () => Promise<void>, failed?: (error: unknown) => boolean): Promise<void>;
  /** Says what is wrong before anything was tried. */
  refuse(words: string | undefined): void;
}

/** An action of this screen. */
export function useAction(): Action {
  const busy = useSignal(false);
  const error = useSignal<string | undefined>(undefined);
  const running = useRef(false);
  return {
    busy: busy.value,
    error: error.value,
    refuse: (words) => (error.value = words),
    async run(act, failed) {
      if (running.current) return;
      running.current = true;
      busy.value = true;
      error.value = undefined;
      try {
        await act();
      } catch (thrown) {
        if (!cancelled(thrown) && !failed?.(thrown)) error.value = explain(thrown);
      } finally {
        running.current = false;
        busy.value = false;
      }
    },
  };
}
