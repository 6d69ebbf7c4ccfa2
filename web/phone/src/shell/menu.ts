// Whether the application menu (Android form) is open.

import { signal } from "@preact/signals";

export const menuOpen = signal(false);
