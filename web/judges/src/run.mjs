// Runs the judges: `npm run judges` runs all, `npm run judges -- test/par.test.mjs` one of them.

import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { python } from "./python.mjs";
import { openScene } from "./scene.mjs";

const HERE = path.resolve(import.meta.dirname, "..");

const all = (await readdir(path.join(HERE, "test"))).filter((name) => name.endsWith(".test.mjs")).sort();
const named = process.argv.slice(2);
const files = named.length > 0 ? named : all.map((name) => path.join("test", name));

// It changes what all the others rely on.
const isLast = (file) => path.basename(file) === "keys.test.mjs";

// A person for each file, so that files do not wait for each other's cards and phones.
const scene = await openScene(all.length, await python());
try {
  const groups = [files.filter((file) => !isLast(file)), files.filter(isLast)];
  for (const group of groups.filter((group) => group.length > 0)) {
    const code = await judge(scene, group);
    if (code === 0) continue;
    console.error(await scene.logs());
    process.exitCode = code;
  }
} finally {
  await scene.close();
}

function judge({ file, ca }, files) {
  const child = spawn(process.execPath, ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files], {
    cwd: HERE,
    stdio: "inherit",
    env: { ...process.env, JUDGES_SCENE: file, NODE_EXTRA_CA_CERTS: ca },
  });
  return new Promise((resolve, reject) => child.once("exit", (code) => resolve(code ?? 1)).once("error", reject));
}
