// Sends a form once, however often its button is pressed.

/** Lets `form` be sent only once, and says meanwhile that it is being sent. */
export function sendOnce(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button");
  const words = button?.textContent ?? "";
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    button?.setAttribute("aria-disabled", "true");
    if (button && form.dataset["busy"]) button.textContent = form.dataset["busy"];
  });
  // Back to a page that the browser kept: the form may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    button?.removeAttribute("aria-disabled");
    if (button) button.textContent = words;
  });
}
