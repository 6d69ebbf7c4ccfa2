// A password that its owner may look at before it is sent.

/** Puts a box below the password of an input with `data-show`, whose words those are. */
export function reveal(input: HTMLInputElement): void {
  const label = document.createElement("label");
  label.className = "show";
  const box = document.createElement("input");
  box.type = "checkbox";
  const show = (): void => {
    input.type = box.checked ? "text" : "password";
  };
  box.addEventListener("change", show);
  label.append(box, ` ${input.dataset["show"] ?? ""}`);
  input.after(label);
  // No browser keeps what is typed into a password field; what is shown is one again when it is sent.
  input.form?.addEventListener("submit", () => {
    box.checked = false;
    show();
  });
}
