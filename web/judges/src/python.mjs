// The environment of the judges that speak Python: the pinned packages of python/requirements.txt, with their hashes.

import { execFile } from "node:child_process";
import { copyFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const HERE = path.resolve(import.meta.dirname, "../python");
const ROOT = path.resolve(import.meta.dirname, "../../..");

/** The judge's own program. */
export const JUDGE = path.join(HERE, "judge.py");

/** Its interpreter, with the packages. Makes the environment where it is not there or another list was installed. */
export async function python() {
  const wanted = path.join(HERE, "requirements.txt");
  const folder = path.join(path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "judges-python");
  const installed = path.join(folder, "installed.txt");
  const interpreter = path.join(folder, "bin", "python");
  const same = await readFile(installed, "utf8").catch(() => "") === (await readFile(wanted, "utf8"));
  if (!same) {
    await rm(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    await run(interpreter, ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", wanted]);
    await copyFile(wanted, installed);
  }
  return interpreter;
}
