// The phone in a person's other hand: the real software phone, `countersign-client phone`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { program } from "./demo.mjs";
import { PATIENCE } from "./patience.mjs";

/** Runs the client to its end; `{ code, out, err }`. */
export async function client(...args) {
  const child = spawn(program("countersign-client"), args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece) => (out += piece));
  child.stderr.on("data", (piece) => (err += piece));
  const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  return { code, out: out.trim(), err: err.trim() };
}

/** A folder for `use`, gone afterwards. */
export async function inFolder(use) {
  const folder = await mkdtemp(path.join(tmpdir(), "countersign-e2e-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A phone: its file and its PIN. */
export class Phone {
  constructor({ state_file: state, pin }) {
    this.state = state;
    this.pin = pin;
  }

  /** Tells the phone what to do. */
  run(verb, ...more) {
    if (verb !== "approve" && verb !== "respond") return client("phone", verb, "--state", this.state, ...more);
    return inFolder(async (folder) => {
      const file = path.join(folder, "pin");
      await writeFile(file, `${this.pin}\n`, { mode: 0o600 });
      return client("phone", verb, "--state", this.state, "--pin-file", file, ...more);
    });
  }

  /** As `run`, and it must succeed; what it printed. */
  async does(verb, ...more) {
    const { code, out, err } = await this.run(verb, ...more);
    assert.equal(code, 0, err);
    return out;
  }

  /** As `run`, and it must fail with code 1; what it said. */
  async fails(verb, ...more) {
    const { code, out, err } = await this.run(verb, ...more);
    assert.equal(code, 1, `it must fail, and printed: ${out}`);
    return err;
  }

  /** What awaits it. */
  async pending() {
    return JSON.parse(await this.does("list", "--json"));
  }

  /** A screen that lights up when something comes. */
  watch() {
    return new Watch(this.state);
  }
}

/** `phone watch`. */
class Watch {
  #child;
  #lines = [];
  #waiting = [];

  constructor(state) {
    this.#child = spawn(program("countersign-client"), ["phone", "watch", "--json", "--state", state], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const shown = JSON.parse(line);
      const next = this.#waiting.shift();
      if (next) next(shown);
      else this.#lines.push(shown);
    });
  }

  /** The next request that it shows. */
  next() {
    if (this.#lines.length > 0) return Promise.resolve(this.#lines.shift());
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("nothing came to the phone")), PATIENCE).unref();
      this.#waiting.push(resolve);
    });
  }

  async stop() {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
