// Values that are typed elsewhere: a press copies them.

/** How long a button says that it has copied, in milliseconds. */
const SAID = 2000;

/** Shows the button `data-copy` where the browser lets pages copy, and has it copy its value. */
export function copies(button: HTMLButtonElement): void {
  const label = button.firstChild;
  if (!navigator.clipboard || !label) return;
  const words = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
    } catch {
      // The user or the browser forbids it: the value stands there to be read.
      return;
    }
    label.textContent = button.dataset["copied"] ?? "";
    setTimeout(() => { label.textContent = words; }, SAID);
  });
}
