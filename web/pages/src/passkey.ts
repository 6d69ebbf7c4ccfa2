// Forms that a passkey answers: the browser asks for it, and what it gives is sent with the form.

/** Has the browser make a passkey, or sign with one, before `form` is sent. */
export function withPasskey(form: HTMLFormElement): void {
  const credential = form.querySelector<HTMLInputElement>("input[name=credential]");
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!credential || !button) return;
  const words = button.textContent;
  let asking = false;
  const busy = (is: boolean): void => {
    asking = is;
    button.toggleAttribute("aria-disabled", is);
    button.textContent = is ? (form.dataset["busy"] ?? words) : words;
  };
  form.addEventListener("submit", (event) => {
    if (credential.value !== "") return;
    event.preventDefault();
    if (asking) return;
    say(form, undefined);
    if (!able()) return say(form, "unable");
    busy(true);
    ask(form).then(
      (given) => {
        credential.value = JSON.stringify(given);
        form.submit();
      },
      (error: unknown) => {
        busy(false);
        say(form, error instanceof DOMException && error.name === "InvalidStateError" ? "known" : "failed");
      },
    );
  });
  // Back to a page that the browser kept: what was signed is signed anew.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    credential.value = "";
    busy(false);
  });
}

function able(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

async function ask(form: HTMLFormElement): Promise<unknown> {
  const options: unknown = JSON.parse(form.dataset["options"] ?? "{}");
  const found =
    form.dataset["passkey"] === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
        });
  if (!(found instanceof PublicKeyCredential)) throw new Error("no credential");
  return found.toJSON();
}

/** Shows what went wrong, and hides what was said before. */
function say(form: HTMLFormElement, what: "failed" | "known" | "unable" | undefined): void {
  for (const name of ["failed", "known", "unable"]) {
    const said = form.querySelector<HTMLElement>(`[data-passkey-${name}]`);
    if (said) said.hidden = name !== what;
  }
}
