// Two fields for two values of a fixed length: typing goes on from the first to the second, and pasting both works.

import { shared } from "./values.js";

/** Joins the inputs of an element with `data-pair`, the length of each value. */
export function pair(element: HTMLElement): void {
  const [first, second] = element.querySelectorAll("input");
  const length = Number(element.dataset["pair"]);
  if (!first || !second || !(length > 0)) return;
  first.addEventListener("input", (event) => {
    const { here, there, full } = shared(first.value, second.value, length);
    if (first.value !== here) first.value = here;
    if (second.value !== there) second.value = there;
    // Only what was typed leads on: whoever corrects the first value stays there.
    if (full && event instanceof InputEvent && event.inputType.startsWith("insert")) second.focus();
  });
  second.addEventListener("keydown", ({ key }) => {
    if (key === "Backspace" && second.value === "") first.focus();
  });
}
