// What a debit card is called where only its id is known: the same name as on pages (`crates/server/src/pages/about.rs`).

/** `card-boris-7731` is `···· 7731`; an id that does not end in four digits of its own stays as it is. */
export function cardName(id: string): string {
  const last = /[-_.:](\d{4})$/.exec(id)?.[1];
  return last === undefined ? id : `····\u00a0${last}`;
}
