// How long something lives: seen every second, said only now and then.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { minutesAndSeconds, passed, secondsUntil } from "../../../pages/src/clock.js";
import { news } from "../app/state.js";
import { t } from "../app/words.js";

const SAID_AT = [60, 30, 10] as const;
const URGENT = 30;

interface TimeLeftProps {
  /** Unix milliseconds. */
  readonly until: number;
  readonly onOver: () => void;
}

/** A bar that grows shorter, and the minutes and seconds. */
export function TimeLeft({ until, onOver }: TimeLeftProps): JSX.Element {
  const left = useSignal(secondsUntil(until, Date.now()));
  const whole = useSignal(Math.max(left.value, 1));
  useEffect(() => {
    whole.value = Math.max(secondsUntil(until, Date.now()), 1);
    const tick = (): void => {
      const before = left.peek();
      const now = secondsUntil(until, Date.now());
      left.value = now;
      if (passed(SAID_AT, before, now) !== undefined) news.value = t("time-left-said", { n: now });
      if (now === 0) {
        window.clearInterval(timer);
        onOver();
      }
    };
    const timer = window.setInterval(tick, 1000);
    tick();
    return () => window.clearInterval(timer);
  }, [until]);
  return (
    <div class={left.value <= URGENT ? "time-left urgent" : "time-left"} role="timer" aria-live="off">
      <p>
        <span>{t("time-left")}</span> <span class="time">{minutesAndSeconds(left.value)}</span>
      </p>
      <progress max={whole.value} value={left.value} aria-label={t("time-left")} />
    </div>
  );
}
