// Questions to the judges that speak Python.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { scene } from "./here.mjs";
import { JUDGE } from "./python.mjs";

/** What they answer to each question: "good", or what is wrong, up to the first colon. */
export async function judged(...questions) {
  const child = spawn(scene.python, [JUDGE], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify({ issuer: scene.issuer, ca: scene.ca, questions }));
  let out = "";
  child.stdout.on("data", (piece) => (out += piece));
  const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  assert.equal(code, 0, "the judge itself fell over");
  return JSON.parse(out).map((answer) => answer.split(": ")[0]);
}

/** The same JWT with another octet in the middle of its part with this number. */
export function altered(jwt, number) {
  const parts = jwt.split(".");
  const part = parts[number];
  const at = Math.floor(part.length / 2);
  parts[number] = part.slice(0, at) + (part[at] === "A" ? "B" : "A") + part.slice(at + 1);
  return parts.join(".");
}
