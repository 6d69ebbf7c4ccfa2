// Amounts of money as people write and type them. The same rule as in `crates/amount`, bound to it by
// `vectors/typed-amounts.json`: a separator is never dropped; it has one possible meaning, or the amount is refused.

/** How a language writes numbers: what stands between thousands, and before the decimals. */
export interface Marks {
  readonly group: string;
  readonly point: string;
}

const ENGLISH: Marks = { group: ",", point: "." };
const RUSSIAN: Marks = { group: "\u00a0", point: "," };

/** Those of a language by its BCP 47 tag; English for any other than Russian. */
export function marksOf(tag: string): Marks {
  return tag.split("-")[0]?.toLowerCase() === "ru" ? RUSSIAN : ENGLISH;
}

/** What a field takes: a currency (ISO 4217), and so many decimals; 0 for whole amounts. */
export interface Takes {
  readonly currency: string;
  readonly decimals: number;
}

/** What was typed: an exact amount as machines write it, or why it was not understood. */
export type Read =
  | { readonly amount: string }
  | { readonly refused: "empty" | "unreadable" | "too-large" | "other-currency" }
  /** One mark before three digits, which this language does not decide: both readings. */
  | { readonly refused: "unclear"; readonly readings: readonly [string, string] }
  /** More decimals than the field takes; the next amount that it does take. */
  | { readonly refused: "too-fine"; readonly next: string };

type Mark = "." | "," | " " | "'" | "thousands" | "decimal";

interface Token {
  readonly digit?: string;
  readonly mark?: Mark;
  readonly other?: string;
}

const UNREADABLE = { refused: "unreadable" } as const;

/** A number for people, `1250.50` as `1,250.50`: every digit as it is, thousands apart. */
export function number(decimal: string, marks: Marks): string {
  const [, sign = "", whole = "", fraction] = /^(-?)([^.]*)(?:\.(.*))?$/.exec(decimal) ?? [];
  return `${sign && "−"}${apart(whole, marks)}${fraction === undefined ? "" : `${marks.point}${fraction}`}`;
}

/** An amount for people: the number, a no-break space, the currency's code. */
export function write(decimal: string, currency: string, marks: Marks): string {
  return `${number(decimal, marks)}\u00a0${currency}`;
}

/** What a field shows of what is typed into it: thousands apart, where nothing typed could be mistaken for that mark. */
export function shown(typed: string, marks: Marks): string {
  const [, whole, rest = ""] = /^([1-9]\d{3,})([.,]\d*)?$/.exec(typed) ?? [];
  return whole === undefined || rest.startsWith(marks.group) ? typed : `${apart(whole, marks)}${rest}`;
}

function apart(whole: string, marks: Marks): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, marks.group);
}

/** Reads what was typed, in the digits of any script. */
export function read(typed: string, marks: Marks, takes: Takes): Read {
  const all = [...typed.replace(UNSEEN, "")].map(token);
  const first = all.findIndex(({ digit }) => digit !== undefined);
  if (first < 0) return all.every(({ mark }) => mark === " ") ? { refused: "empty" } : UNREADABLE;
  const last = all.length - 1 - [...all].reverse().findIndex(({ digit }) => digit !== undefined);
  const beside = currencyBeside(all.slice(0, first), all.slice(last + 1), takes.currency);
  if (beside !== undefined) return { refused: beside };
  const runs = split(all.slice(first, last + 1));
  if (!runs) return UNREADABLE;
  const decimal = decimalBehind(runs, marks, takes);
  if (typeof decimal !== "boolean") return decimal;
  const whole = decimal ? runs.parts.slice(0, -1) : runs.parts;
  if (!grouped(whole)) return UNREADABLE;
  return exact(whole.join(""), decimal ? (runs.parts.at(-1) ?? "") : "", takes.decimals);
}

/** Marks of direction, joiners. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The zeros of the scripts that people type numbers in; the other nine digits follow each. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0xff10];

const MARKS: Readonly<Record<string, Mark>> = {
  ".": ".", "\uff0e": ".", ",": ",", "\uff0c": ",", "'": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'", "\u066c": "thousands", "\u066b": "decimal",
};

function token(char: string): Token {
  const code = char.codePointAt(0) ?? 0;
  const zero = ZEROS.find((each) => code >= each && code < each + 10);
  if (zero !== undefined) return { digit: String(code - zero) };
  const mark = /\s/.test(char) ? " " : MARKS[char];
  return mark === undefined ? { other: char } : { mark };
}

/** Signs that are typed in place of a code. */
const SIGNS: Readonly<Record<string, string>> = { $: "USD", US$: "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₴": "UAH", "₸": "KZT" };

/** Why what stands beside the number is refused; undefined where it is nothing, or the field's currency. */
function currencyBeside(before: readonly Token[], behind: readonly Token[], currency: string): "unreadable" | "other-currency" | undefined {
  const [left, right] = [before, behind].map((side) => side.filter(({ mark }) => mark !== " "));
  const beside = left?.length === 0 ? right : right?.length === 0 ? left : undefined;
  if (!beside || beside.some(({ mark }) => mark !== undefined)) return "unreadable";
  const word = beside.map(({ other }) => other).join("").toUpperCase();
  if (word === "") return undefined;
  const code = SIGNS[word] ?? (/^[A-Z]{3}$/.test(word) ? word : undefined);
  if (code === undefined) return "unreadable";
  return code === currency ? undefined : "other-currency";
}

interface Runs {
  /** Runs of digits. */
  readonly parts: readonly string[];
  /** The marks between them. */
  readonly between: readonly Mark[];
}

/** Several spaces are one; undefined where two marks stand together, or a letter among the digits. */
function split(tokens: readonly Token[]): Runs | undefined {
  const [parts, between]: [string[], Mark[]] = [[""], []];
  for (const { digit, mark } of tokens) {
    const open = parts.at(-1) ?? "";
    if (digit !== undefined) parts[parts.length - 1] = open + digit;
    else if (mark === undefined) return undefined;
    else if (open !== "") {
      between.push(mark);
      parts.push("");
    } else if (mark !== " " || between.at(-1) !== " ") return undefined;
  }
  return { parts, between };
}

/** Whether the last mark stands before decimals. */
function decimalBehind({ parts, between }: Runs, marks: Marks, takes: Takes): boolean | Read {
  const last = between.at(-1);
  if (last === undefined) return false;
  const earlier = between.slice(0, -1);
  if (last === " " || last === "'" || last === "thousands") return alike(between) ? false : UNREADABLE;
  if (last !== "decimal" && earlier.length === 0) return alone(parts, last, marks, takes);
  if (last !== "decimal" && earlier.includes(last) && alike(between)) return false;
  return earlier.includes(last) || earlier.includes("decimal") || !alike(earlier) ? UNREADABLE : true;
}

function alike(all: readonly Mark[]): boolean {
  return new Set(all).size <= 1;
}

/** A point or a comma with no other mark: before three digits it may stand between thousands as well. */
function alone(parts: readonly string[], mark: Mark, marks: Marks, { decimals }: Takes): boolean | Read {
  const [whole = "", rest = ""] = parts;
  if (!grouped(parts)) return true;
  if (mark === marks.group) return false;
  if (mark === marks.point && decimals >= 3) return true;
  const fraction = rest.replace(/0+$/, "").padEnd(decimals, "0");
  const zeros = decimals === 0 ? "" : `.${"0".repeat(decimals)}`;
  return { refused: "unclear", readings: [fraction === "" ? whole : `${whole}.${fraction}`, `${whole}${rest}${zeros}`] };
}

/** Whether the runs are one number: a single run, or groups of three behind one of up to three. */
function grouped([first = "", ...rest]: readonly string[]): boolean {
  return rest.length === 0 || (/^[1-9]\d{0,2}$/.test(first) && rest.every((group) => group.length === 3));
}

/** Most digits before the decimals. */
const LONGEST = 12;

function exact(typed: string, fraction: string, decimals: number): Read {
  const whole = typed.replace(/^0+/, "");
  if (whole.length > LONGEST) return { refused: "too-large" };
  const minor = BigInt(`0${whole}${fraction.slice(0, decimals).padEnd(decimals, "0")}`);
  if (/^0*$/.test(fraction.slice(decimals))) return { amount: decimalOf(minor, decimals) };
  return { refused: "too-fine", next: decimalOf(minor + 1n, decimals) };
}

function decimalOf(minor: bigint, decimals: number): string {
  const digits = String(minor).padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
