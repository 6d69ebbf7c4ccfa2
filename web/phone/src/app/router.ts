// Where the app is: the fragment of the address, `#/requests`. The way back is the browser's own history.

import { signal } from "@preact/signals";

/** A place in the app. */
export interface Place {
  /** The parts of the path; none at home. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The place on the screen. */
export const place = signal<Place>({ path: [], query: new URLSearchParams() });

/** Whether anything was on the screen before this place; then the focus goes to its heading. */
export const moved = signal(false);

/** What links from outside ask for: `#request=`, `#login=`, `#activate=`. */
export type Link = { readonly kind: "request" | "login" | "activate"; readonly value: string };

let follow: (link: Link) => string = () => "/";

/** Begins to listen. `onLink` turns a link from outside into a place. */
export function startRouter(onLink: (link: Link) => string): void {
  follow = onLink;
  window.addEventListener("popstate", read);
  read();
  moved.value = false;
}

/** Goes to a place, `/requests`. */
export function go(to: string): void {
  history.pushState({ depth: depth() + 1 }, "", `#${to}`);
  read();
}

/** Goes to a place that takes this one's turn in the history. */
export function replace(to: string): void {
  history.replaceState({ depth: depth() }, "", `#${to}`);
  read();
}

/** Goes back; where nothing of the app lies behind, to `otherwise`. */
export function back(otherwise = "/"): void {
  if (depth() > 0) history.back();
  else replace(otherwise);
}

/** Splits `#/requests?x=1`. */
export function parse(hash: string): Place | Link {
  const link = /^#(request|login|activate)=(.+)$/.exec(hash);
  if (link) return { kind: link[1] as Link["kind"], value: decodeURIComponent(link[2] ?? "") };
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  return { path: parts.map(decodeURIComponent), query: new URLSearchParams(query) };
}

function depth(): number {
  const state = history.state as { depth?: unknown } | null;
  return typeof state?.depth === "number" ? state.depth : 0;
}

function read(): void {
  const parsed = parse(location.hash);
  if ("kind" in parsed) return replace(follow(parsed));
  moved.value = true;
  place.value = parsed;
  window.scrollTo(0, 0);
}
