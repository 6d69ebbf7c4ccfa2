// Shows thousands in a field for an amount once it was typed: the same rule as in the phone app and for the same table,
// `vectors/typed-amounts.json`. A mark that somebody typed is left alone.

/** What a field shows of what was typed into it, by the language of the page. */
export function shown(typed, lang) {
  const group = lang === "ru" ? "\u00a0" : ",";
  const [, whole, rest = ""] = /^([1-9]\d{3,})([.,]\d*)?$/.exec(typed) ?? [];
  return whole === undefined || rest.startsWith(group) ? typed : whole.replace(/\B(?=(\d{3})+$)/g, group) + rest;
}
