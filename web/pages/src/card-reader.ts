// The virtual card of the demo: keys and display. What it shows is computed by the server, which holds the key.

import { type Ask, type Key, type Mode, OFF, type State, keyOf, masked, pressed } from "./card.js";

/** How long `press` is held until the display lights up, in milliseconds. */
const HOLD = 600;

interface Parts {
  readonly card: HTMLElement;
  readonly prompt: HTMLElement;
  readonly lcd: HTMLElement;
  readonly say: HTMLElement;
}

function start(card: HTMLElement): void {
  const prompt = card.querySelector<HTMLElement>("[data-lcd-prompt]");
  const lcd = card.querySelector<HTMLElement>("[data-lcd]");
  const say = card.querySelector<HTMLElement>("[data-card-say]");
  if (!prompt || !lcd || !say) return;
  const parts = { card, prompt, lcd, say };
  const mode = card.dataset["mode"] as Mode;
  let state: State = OFF;

  const show = (next: State): void => {
    state = next;
    display(parts, mode, state);
  };
  const press = (key: Key): void => {
    const { state: next, ask } = pressed(mode, state, key);
    show(next);
    if (ask) {
      void compute(card.dataset["device"] ?? "", ask).then(
        (value) => show(value === undefined ? { at: "failed" } : { at: "showing", value }),
        () => show({ at: "failed" }),
      );
    }
  };
  for (const button of card.querySelectorAll<HTMLButtonElement>("[data-key]")) {
    const key = button.dataset["key"] as Key;
    if (key === "press") holdable(button, () => press("press"), () => {
      // A device with one button needs no holding.
      if (mode === "time") return press("press");
      say.classList.remove("hidden");
      say.textContent = card.dataset["hold"] ?? "";
    });
    else button.addEventListener("click", () => press(key));
  }
  card.addEventListener("pointerdown", () => (inHand = card));
  card.addEventListener("focusin", () => (inHand = card));
  // Wherever the focus is: whoever pressed a button with the mouse types on without another click.
  document.addEventListener("keydown", (event) => {
    const key = keyOf(event.key);
    if (inHand !== card || !key || event.ctrlKey || event.metaKey || event.altKey || !isFor(card, event, state)) return;
    event.preventDefault();
    event.stopPropagation();
    press(key);
  }, { capture: true });
  card.hidden = false;
  show(OFF);
}

/** The card that was touched last: keys are for that one. */
let inHand: HTMLElement | undefined;

/** Whether a key of the keyboard is the card's: not what is typed elsewhere, and not Enter on a button that it presses. */
function isFor(card: HTMLElement, { key, target }: KeyboardEvent, state: State): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest("input, select, textarea, [contenteditable]")) return false;
  const button = target.closest("button, a, summary");
  if (key !== "Enter" || !button) return true;
  // While digits are typed, Enter on `press` is OK: the button was held with the mouse a moment ago.
  return card.contains(button) && button.matches('[data-key="press"]') && (state.at === "pin" || state.at === "challenge");
}

// A press that is held. Assistive programs cannot hold: their click, which comes without a pointer or key, counts.
function holdable(button: HTMLButtonElement, held: () => void, short: () => void): void {
  let timer: number | undefined;
  const up = (): void => {
    window.clearTimeout(timer);
    timer = undefined;
    button.toggleAttribute("data-down", false);
  };
  const down = (): void => {
    if (timer !== undefined) return;
    button.toggleAttribute("data-down", true);
    timer = window.setTimeout(() => {
      up();
      held();
    }, HOLD);
  };
  const release = (): void => {
    if (timer !== undefined) short();
    up();
  };
  button.addEventListener("pointerdown", down);
  button.addEventListener("pointerup", release);
  for (const name of ["pointerleave", "pointercancel", "blur"]) button.addEventListener(name, up);
  const byKey = (event: KeyboardEvent, then: () => void): void => {
    if (event.key !== " " && event.key !== "Enter") return;
    // No click follows: with Enter it would come at once and again and again.
    event.preventDefault();
    if (!event.repeat) then();
  };
  button.addEventListener("keydown", (event) => byKey(event, down));
  button.addEventListener("keyup", (event) => byKey(event, release));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    if (event.detail === 0) held();
  });
}

function display({ card, prompt, lcd, say }: Parts, mode: Mode, state: State): void {
  const words = (name: string): string => card.dataset[name] ?? "";
  const [top, bottom] = ((): [string, string] => {
    switch (state.at) {
      case "off":
        return ["", ""];
      case "pin":
        return [mode === "pin-time" ? words("bracket") : words("pinPrompt"), masked(state.typed)];
      case "challenge":
        return [words("challengePrompt"), state.typed];
      case "computing":
        return ["", words("busy")];
      case "showing":
        return ["", state.value];
      case "failed":
        return ["", words("error")];
    }
  })();
  prompt.textContent = top;
  lcd.textContent = bottom;
  card.toggleAttribute("data-on", state.at !== "off");
  // What the display shows is also said, for those who do not see it; the rest is said and seen.
  say.classList.toggle("hidden", state.at !== "off" && state.at !== "failed");
  // Typed digits are not read aloud: a PIN among them would be heard.
  say.textContent =
    state.at === "off" ? words("off") : state.at === "failed" ? words("failed") : state.at === "showing" ? state.value : top;
}

async function compute(device: string, ask: Ask): Promise<string | undefined> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch("/demo/card-reader/press", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({ device, ...ask }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) return undefined;
  const shows: unknown = await answer.json();
  const value = typeof shows === "object" && shows !== null && "value" in shows ? shows.value : undefined;
  return typeof value === "string" ? value : undefined;
}

document.querySelectorAll<HTMLElement>("[data-card]").forEach(start);
