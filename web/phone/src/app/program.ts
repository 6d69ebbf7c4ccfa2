// A browser's name for itself, made readable.

const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari/],
];

const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

/** A program as people call it. */
export interface Program {
  readonly browser?: string;
  readonly system?: string;
  /** The whole of what was sent. */
  readonly exact: string;
}

/** Browser and system; neither for a program that names itself plainly. */
export function program(agent: string): Program {
  if (!agent.startsWith("Mozilla/")) return { exact: agent };
  const browser = BROWSERS.find(([, shape]) => shape.test(agent))?.[0];
  const system = SYSTEMS.find(([, shape]) => shape.test(agent))?.[0];
  return { exact: agent, ...(browser !== undefined && { browser }), ...(system !== undefined && { system }) };
}
