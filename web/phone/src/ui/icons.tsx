// The app's pictures: strokes of the current colour, 24 by 24. They have no name of their own; words stand beside them.

import type { JSX } from "preact";

const PATHS = {
  home: "M4 11.5 12 4l8 7.5M6 10v9h4.5v-5h3v5H18v-9",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5h4",
  keypad: "M5 5h3v3H5zM10.5 5h3v3h-3zM16 5h3v3h-3zM5 10.5h3v3H5zM10.5 10.5h3v3h-3zM16 10.5h3v3h-3zM10.5 16h3v3h-3z",
  more: "M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  arrow: "M20 12H5M11 6l-6 6 6 6",
  next: "M9 5l7 7-7 7",
  close: "M6 6l12 12M18 6 6 18",
  trade: "M4 19h16M5.5 15.5l4-5 3.5 3L19 6M15 6h4v4",
  shield: "M12 3.5 5 6v5.5c0 4.2 2.9 7.4 7 9 4.1-1.6 7-4.8 7-9V6l-7-2.5ZM9 12l2.2 2.2L15.2 10",
  card: "M3.5 6.5h17v11h-17zM3.5 10h17M6.5 14.5h4",
  scan: "M4 9V4.5h4.5M15.5 4.5H20V9M20 15v4.5h-4.5M8.5 19.5H4V15M7 12h10",
  person: "M12 12a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5ZM5 20c.7-3.6 3.4-5.5 7-5.5s6.3 1.9 7 5.5",
  key: "M4.5 15.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M10.5 13 19 4.5M16 7.5l2.5 2.5M13.5 10l2 2",
  money: "M3.5 7h17v10h-17zM12 14.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM6.5 9.8v.01M17.5 14.2v.01",
  gear: "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM12 3.5v2.4M12 18.1v2.4M3.5 12h2.4M18.1 12h2.4M6 6l1.7 1.7M16.3 16.3 18 18M18 6l-1.7 1.7M7.7 16.3 6 18",
  globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.8 12h16.4M12 3.5c2.3 2.3 3.4 5.1 3.4 8.5S14.3 18.2 12 20.5c-2.3-2.3-3.4-5.1-3.4-8.5S9.7 5.8 12 3.5Z",
  check: "M5 12.5 10 17.5 19.5 7",
  warning: "M12 4 3 19.5h18L12 4ZM12 10v4.5M12 17v.01",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5.5M12 7.8v.01",
  phone: "M7.5 3h9a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM11 18.2h2",
  call: "M6.5 4.5h3l1.5 4-2 1.5c.9 2.2 2.8 4.1 5 5l1.5-2 4 1.5v3c0 .8-.7 1.5-1.5 1.5C11 19 5 13 5 6c0-.8.7-1.5 1.5-1.5Z",
  list: "M8.5 7H20M8.5 12H20M8.5 17H20M4.5 7v.01M4.5 12v.01M4.5 17v.01",
  finger: "M7 18.5c.9-2 1-4 1-6.5a4 4 0 0 1 8 0c0 3-.2 5.5-1.2 8M12 12c0 3.5-.3 6-1.5 8.5M5 14.5c.2-.9.2-1.6.2-2.5A6.8 6.8 0 0 1 16 6.5M18.5 9.5c.3.8.4 1.6.4 2.5 0 1.6 0 3-.3 4.5",
  help: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM9.5 9.7a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 2M12 16.8v.01",
  install: "M12 4v10M8 10.5l4 4 4-4M5 19.5h14",
  share: "M12 14V4M8.5 7 12 3.7 15.5 7M7 10.5H5.5v9.5h13v-9.5H17",
  pencil: "M5 19l.8-3.5L16 5.3l2.7 2.7L8.5 18.2 5 19Z",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  plus: "M12 5v14M5 12h14",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7",
  offline: "M4 4l16 16M8.5 12.5a5.5 5.5 0 0 1 2.3-1.3M5 9.5a10.5 10.5 0 0 1 3-1.9M11.8 6.5c2.7 0 5.2 1.1 7.2 3M12 17v.01",
  copy: "M9 9h10v10.5H9zM6 15H5V4.5h10V6",
  door: "M13 4.5h5.5v15H13M4 12h9.5M10 8.5l3.5 3.5-3.5 3.5",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The house's mark. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect class="logo-ground" width="64" height="64" rx="15" />
      <path class="logo-first" d="M11 34.5 21.5 45 39 20" />
      <path class="logo-second" d="M28 38.5 34.5 45 53 19" />
    </svg>
  );
}
