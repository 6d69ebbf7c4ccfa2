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

/** Browser and system, with what was sent; a program that names itself plainly stays as it is. */
export function program(agent: string): { readonly value: string; readonly exact?: string } {
  if (!agent.startsWith("Mozilla/")) return { value: agent };
  const browser = BROWSERS.map(([name, shape]) => [name, shape.exec(agent)?.[1]] as const).find(([, version]) => version !== undefined);
  const system = SYSTEMS.find(([, shape]) => shape.test(agent))?.[0];
  const known = [browser?.join(" "), system].filter((part) => part !== undefined);
  return known.length === 0 ? { value: agent } : { value: known.join(", "), exact: agent };
}
