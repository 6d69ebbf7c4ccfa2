// Runs the tests in a browser: `npm run e2e` runs all files, `npm run e2e -- login` those whose names contain a word.

import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";

const HERE = path.resolve(import.meta.dirname, "../test");

/** What takes longest begins first, so that nothing long is left over for one processor at the end. */
const LONG = ["app-tour", "phone-stories", "pages", "phone-lifecycle", "phone", "brokerage"];

/** Files at once: one for each of two processors, and one more, since a story also waits. */
const AT_ONCE = 3;

const all = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs")).map((name) => name.replace(/\.test\.mjs$/, ""));
const rank = (name) => (LONG.includes(name) ? LONG.indexOf(name) : LONG.length);
const words = process.argv.slice(2);
const wanted = all.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
wanted.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
if (wanted.length === 0) {
  console.error(`No file's name contains ${words.join(" or ")}: there are ${all.sort().join(", ")}.`);
  process.exit(2);
}

const waiting = [...wanted];
const done = [];
const worker = async () => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) done.push(await file(name));
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
for (const { name, seconds, code } of done.sort((a, b) => b.seconds - a.seconds)) {
  console.log(`${seconds.toFixed(0).padStart(6)} s  ${name}${code === 0 ? "" : "  FAILED"}`);
}
if (done.some(({ code }) => code !== 0)) process.exitCode = 1;

/** Runs a file to its end, and only then prints what it said. */
async function file(name) {
  const begun = performance.now();
  const arguments_ = ["--test", "--test-reporter=spec", path.join(HERE, `${name}.test.mjs`)];
  const child = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => said.push(piece));
  const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  console.log(`\n${name}\n${Buffer.concat(said)}`);
  return { name, seconds: (performance.now() - begun) / 1000, code };
}
