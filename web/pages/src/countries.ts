// Countries by their names, as the browser knows them.

/** Puts the name of the country whose ISO 3166-1 code `place` shows; an unknown code stays as it is. */
export function nameCountry(place: HTMLElement): void {
  const code = place.dataset["country"] ?? "";
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region", fallback: "code" });
  place.textContent = names.of(code) ?? code;
}
