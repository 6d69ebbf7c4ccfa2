// The real program, started for a test: `countersign demo --json --test-clock --port 0`.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { PATIENCE } from "./patience.mjs";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Where a program is: beside the one that `COUNTERSIGN_BIN` names, or in the debug build. */
export function program(name) {
  const target = path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
  const named = process.env.COUNTERSIGN_BIN;
  const file = path.join(named ? path.dirname(path.resolve(named)) : path.join(target, "debug"), name);
  if (!existsSync(file)) {
    throw new Error(`${file} is not there. Build it (cargo build -p ${name}), or name the server in COUNTERSIGN_BIN.`);
  }
  return file;
}

/** Starts a demo of its own, with further flags. Stop it with `stop`. */
export async function startDemo(...flags) {
  const args = ["demo", "--json", "--test-clock", "--port", "0", ...flags];
  const child = spawn(program("countersign"), args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (piece) => {
    said += piece;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
    ended.then(() => undefined),
    new Promise((resolve) => setTimeout(resolve, PATIENCE).unref()),
  ]);
  if (line === undefined) {
    child.kill("SIGKILL");
    throw new Error(`The demo did not become ready. It said:\n${said}`);
  }
  return new Demo(child, ended, JSON.parse(line));
}

/** A running demo. */
class Demo {
  #child;
  #ended;

  constructor(child, ended, ready) {
    this.#child = child;
    this.#ended = ended;
    this.url = ready.url;
    this.brokerage = ready.brokerage_url;
    this.users = new Map([...ready.users, ...ready.agents].map((user) => [user.username, user]));
    this.token = ready.api_token;
  }

  /** Moves the server's clock forward; its time afterwards, in Unix seconds. */
  async advance(seconds) {
    const answer = await fetch(`${this.url}/demo/clock`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ advance_seconds: seconds }),
    });
    if (!answer.ok) throw new Error(`the clock was not moved: status ${answer.status}`);
    return (await answer.json()).now;
  }

  /** Stops it, and waits until it has ended. */
  async stop() {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    await this.#ended;
    clearTimeout(late);
  }
}
