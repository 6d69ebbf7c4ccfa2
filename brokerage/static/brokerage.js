// Renews parts of a page while they say so: `data-refresh` names where the part comes from, and something inside it
// with `data-again` how long to wait, in milliseconds. Shows thousands in what was typed for an amount. Pages work
// without this script.

import { shown } from "./amounts.js";

for (const field of document.querySelectorAll("input[data-amount]")) {
  field.addEventListener("change", () => (field.value = shown(field.value.trim(), document.documentElement.lang)));
}

for (const part of document.querySelectorAll("[data-refresh]")) renew(part);

function renew(part) {
  const pause = part.querySelector("[data-again]")?.dataset.again;
  if (pause) setTimeout(() => again(part), Number(pause));
}

async function again(part) {
  // Whoever holds the keyboard in there must not lose his place.
  if (!document.hidden && !part.contains(document.activeElement)) {
    try {
      const answer = await fetch(part.dataset.refresh, { redirect: "error" });
      if (answer.status === 204) return location.reload();
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        part.replaceChildren(...fresh.body.childNodes);
      }
    } catch {
      // No connection: the next time will tell.
    }
  }
  renew(part);
}
