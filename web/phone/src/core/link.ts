// Texts that open something in the app: what a QR code holds, and what a notification leads to.

/** What a text means to this app. */
export type Link =
  | { readonly kind: "activate"; readonly session: string }
  | { readonly kind: "login"; readonly confirmation: string; readonly token: string }
  | { readonly kind: "request"; readonly device: string; readonly confirmation: string }
  /** A code of the same kind, of another server. */
  | { readonly kind: "foreign"; readonly origin: string }
  /** No code of ours. */
  | { readonly kind: "unknown" };

const ID = "[A-Za-z0-9_-]{1,200}";
const ACTIVATE = /^#activate=([A-Za-z0-9_.~-]{1,400})$/;
const LOGIN = new RegExp(`^#login=(${ID})\\.(${ID})$`);
const REQUEST = new RegExp(`^#request=(${ID})\\.(${ID})$`);

/** Reads the text of a QR code: `ISSUER/app/#activate=…` or `ISSUER/app/#login=…`, and nothing else. */
export function readCode(text: string, issuer: string): Link {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { kind: "unknown" };
  }
  const found = readFragment(url.hash);
  if (url.pathname !== "/app/" || url.search !== "" || url.username !== "" || url.password !== "") return { kind: "unknown" };
  if (found.kind !== "activate" && found.kind !== "login") return { kind: "unknown" };
  return url.origin === new URL(issuer).origin ? found : { kind: "foreign", origin: url.origin };
}

/** Reads the fragment of the app's own address: those of codes that a phone's camera opened, and of notifications. */
export function readFragment(fragment: string): Link {
  const [, session] = ACTIVATE.exec(fragment) ?? [];
  if (session !== undefined) return { kind: "activate", session };
  const [, confirmation, token] = LOGIN.exec(fragment) ?? [];
  if (confirmation !== undefined && token !== undefined) return { kind: "login", confirmation, token };
  const [, device, asked] = REQUEST.exec(fragment) ?? [];
  if (device !== undefined && asked !== undefined) return { kind: "request", device, confirmation: asked };
  return { kind: "unknown" };
}

/** The fragment that a notification opens the app with. */
export function requestFragment(device: string, confirmation: string): string {
  return `#request=${device}.${confirmation}`;
}

/** What the worker says to the page. */
export type Said =
  | { readonly kind: "open"; readonly fragment: string }
  /** A push message came: whoever shows requests looks again. */
  | { readonly kind: "pushed"; readonly device: string; readonly confirmation?: string };
