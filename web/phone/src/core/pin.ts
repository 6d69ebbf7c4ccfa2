// Which PINs a user may choose. The server cannot see the PIN: the rule is the same as in `crates/wire/src/pin.rs`, and both
// are tested with `vectors/pins.json`.

/** Why a PIN is not taken. */
export type PinFault = "length" | "characters" | "repeated" | "sequence" | "pattern" | "year";

const SHORTEST = 4;
const LONGEST = 6;

/** What is wrong with a new PIN; `undefined` when it may be used. */
export function pinFault(pin: string): PinFault | undefined {
  if (!/^[0-9]*$/.test(pin)) return "characters";
  if (pin.length < SHORTEST || pin.length > LONGEST) return "length";
  if (/^(.)\1*$/.test(pin)) return "repeated";
  const steps = new Set(Array.from(pin.slice(1), (digit, at) => (Number(digit) - Number(pin[at]) + 10) % 10));
  if (steps.size === 1 && (steps.has(1) || steps.has(9))) return "sequence";
  if (/^(..+)\1+$/.test(pin) || pin === Array.from(pin).reverse().join("")) return "pattern";
  if (/^(19|20)[0-9]{2}$/.test(pin)) return "year";
  return undefined;
}
