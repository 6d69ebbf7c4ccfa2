// A card as a machine: what its display shows after each key. It holds no key and judges nothing; what it computes
// comes from elsewhere, as `ask` says.

/** How a card is used: whether it takes a PIN, and whether it answers a challenge or shows a time code. */
export type Mode = "pin-challenge" | "challenge" | "pin-time" | "time";

/** What the card is doing. */
export type State =
  | { readonly at: "off" }
  | { readonly at: "pin"; readonly typed: string }
  | { readonly at: "challenge"; readonly pin: string; readonly typed: string }
  | { readonly at: "computing" }
  | { readonly at: "showing"; readonly value: string }
  | { readonly at: "failed" };

/** What the card wants computed. */
export interface Ask {
  readonly pin: string;
  readonly challenge?: string;
}

/** A key that was pressed; `press` means: held long enough. */
export type Key = "press" | "OK" | "C" | Digit;
/** A digit key. */
export type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

/** Digits of a PIN. */
export const PIN_DIGITS = 4;
/** Digits of a challenge: a DSC+ takes six, a Platinum device eight. */
export const CHALLENGE_DIGITS: Readonly<Record<Mode, number>> = { "pin-challenge": 6, challenge: 8, "pin-time": 0, time: 0 };

/** The card, lying there. */
export const OFF: State = { at: "off" };

/** What follows a key: the next state, and what to compute for it. */
export function pressed(mode: Mode, state: State, key: Key): { state: State; ask?: Ask } {
  if (key === "press") return switchedOn(mode);
  switch (state.at) {
    case "pin":
      if (key === "OK") return state.typed.length === PIN_DIGITS ? pinTyped(mode, state.typed) : { state };
      return { state: { ...state, typed: typed(state.typed, key, PIN_DIGITS) } };
    case "challenge":
      if (key === "OK") {
        if (state.typed.length !== CHALLENGE_DIGITS[mode]) return { state };
        return { state: { at: "computing" }, ask: { pin: state.pin, challenge: state.typed } };
      }
      return { state: { ...state, typed: typed(state.typed, key, CHALLENGE_DIGITS[mode]) } };
    case "showing":
    case "failed":
      return key === "C" ? { state: OFF } : { state };
    case "off":
    case "computing":
      return { state };
  }
}

function switchedOn(mode: Mode): { state: State; ask?: Ask } {
  switch (mode) {
    case "pin-challenge":
    case "pin-time":
      return { state: { at: "pin", typed: "" } };
    case "challenge":
      return { state: { at: "challenge", pin: "", typed: "" } };
    case "time":
      return { state: { at: "computing" }, ask: { pin: "" } };
  }
}

function pinTyped(mode: Mode, pin: string): { state: State; ask?: Ask } {
  return mode === "pin-challenge"
    ? { state: { at: "challenge", pin, typed: "" } }
    : { state: { at: "computing" }, ask: { pin } };
}

function typed(before: string, key: "C" | Digit, most: number): string {
  if (key === "C") return "";
  return before.length < most ? before + key : before;
}

/** A PIN as the display shows it: the last digit, and a dash for each before it. */
export function masked(pin: string): string {
  return pin.length === 0 ? "" : "-".repeat(pin.length - 1) + pin.slice(-1);
}

/** The card's key for a key of the keyboard, if there is one. */
export function keyOf(keyboard: string): Key | undefined {
  if (/^[0-9]$/.test(keyboard)) return keyboard as Digit;
  if (keyboard === "Enter") return "OK";
  if (keyboard === "Backspace" || keyboard === "Delete" || keyboard === "c" || keyboard === "C") return "C";
  return undefined;
}
