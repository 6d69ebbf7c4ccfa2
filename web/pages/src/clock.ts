// The arithmetic of a countdown, without a page.

/** Minutes and seconds, `2:41`. */
export function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whole seconds until `deadline` (both in milliseconds), never below 0. */
export function secondsUntil(deadline: number, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000));
}

/**
 * The latest of `marks` (seconds left, any order) that was passed between two looks at the clock, or none. A page
 * that slept past several says only where it stands now.
 */
export function passed(marks: readonly number[], before: number, now: number): number | undefined {
  const crossed = marks.filter((mark) => before > mark && now <= mark);
  return crossed.length > 0 ? Math.min(...crossed) : undefined;
}
