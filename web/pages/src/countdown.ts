// Shows the time an attempt has left, says it aloud now and then, and reloads when it is over.

import { minutesAndSeconds, passed, secondsUntil } from "./clock.js";

const SAID_AT = [60, 30, 10] as const;
const URGENT = 30;
/** From how many seconds left on more time is offered. */
const OFFERED = 60;

/** Starts the countdown of an element with `data-clock`. */
export function countDown(clock: HTMLElement): void {
  const left = Number(clock.dataset["left"]);
  const label = clock.querySelector<HTMLElement>("[data-clock-label]");
  const time = clock.querySelector<HTMLElement>("[data-clock-time]");
  const say = clock.querySelector<HTMLElement>("[data-clock-say]");
  const bar = clock.querySelector("progress");
  if (!Number.isFinite(left) || !label || !time || !say || !bar) return;

  label.textContent = clock.dataset["label"] ?? "";
  // The wall clock, not `performance.now`: that one stands still while a computer sleeps.
  let deadline = Date.now() + left * 1000;
  let before = left;
  const more = document.querySelector<HTMLFormElement>("form[data-more]");
  let timer: number | undefined;
  const tick = (): void => {
    const now = secondsUntil(deadline, Date.now());
    time.textContent = minutesAndSeconds(now);
    bar.value = now;
    clock.toggleAttribute("data-urgent", now <= URGENT);
    if (more) more.hidden = now > OFFERED;
    const mark = passed(SAID_AT, before, now);
    if (mark !== undefined) say.textContent = clock.getAttribute(`data-say-${mark}`);
    before = now;
    if (now === 0) {
      window.clearInterval(timer);
      reload(clock.dataset["reload"]);
    }
  };
  more?.addEventListener("submit", (event) => {
    event.preventDefault();
    void prolonged(more).then((seconds) => {
      if (seconds === undefined) return more.submit();
      deadline = Date.now() + seconds * 1000;
      before = seconds;
      bar.max = Math.max(bar.max, seconds);
      say.textContent = more.dataset["more"] ?? "";
      more.remove();
      document.querySelector<HTMLElement>("[autofocus]")?.focus();
      tick();
    });
  });
  timer = window.setInterval(tick, 1000);
  tick();
  document.addEventListener("visibilitychange", tick);
}

/** Asks for more time without leaving the page, on which something is typed already; the seconds that are then left. */
async function prolonged(form: HTMLFormElement): Promise<number | undefined> {
  try {
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const page = await (await fetch(form.action, { method: "POST", body })).text();
    const left = Number(/ data-left="([0-9]+)"/.exec(page)?.[1]);
    return left > 0 ? left : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Waits for the phone: the server says at `data-events` when something changed, and the page asks for its address again.
 * Where no such stream can be had, it asks every `data-wait` seconds.
 */
export function wait(element: HTMLElement): void {
  const again = (): void => reload(element.dataset["reload"]);
  const events = element.dataset["events"];
  if (!events) return later(element, again);
  const source = new EventSource(events);
  source.addEventListener("changed", () => {
    source.close();
    again();
  });
  // A lost connection is tried again by the browser; one that was refused is not.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) later(element, again);
  });
}

function later(element: HTMLElement, again: () => void): void {
  const seconds = Number(element.dataset["wait"]);
  if (seconds > 0) window.setTimeout(again, seconds * 1000);
}

// A page that answered a POST must not be posted again: it is asked for by its address.
function reload(path: string | undefined): void {
  window.location.replace(path ?? "/login");
}
