// Moments in the reader's own zone. Without scripts they stand in the institution's, with its name.

/** Shows the moment of a `<time>` as the reader's own clock had it; what stood there is told on pointing at it. */
export function showOwnTime(place: HTMLTimeElement): void {
  const at = new Date(place.dateTime);
  if (Number.isNaN(at.getTime())) {
    return;
  }
  const lang = document.documentElement.lang === "ru" ? "ru" : "en-GB";
  place.title = place.textContent ?? "";
  place.textContent = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
}
