// Where the app is: the fragment of the address, `#/requests`. The way back is the browser's own history.

import { signal } from "@preact/signals";
import { readFragment, type Link } from "../core/link.js";

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

let follow: (link: Link) => string | undefined = () => undefined;

/** Begins to listen. `onLink` turns a link from outside into a place. */
export function startRouter(onLink: (link: Link) => string | undefined): void {
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
function parse(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  return { path: parts.map(decodeURIComponent), query: new URLSearchParams(query) };
}

function depth(): number {
  const state = history.state as { depth?: unknown } | null;
  return typeof state?.depth === "number" ? state.depth : 0;
}

function read(): void {
  const linked = follow(readFragment(location.hash));
  if (linked !== undefined) return replace(linked);
  moved.value = true;
  place.value = parse(location.hash);
  window.scrollTo(0, 0);
}
