// The scene, as a test finds it: what `run.mjs` opened.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { program } from "../../e2e/src/demo.mjs";
import { PATIENCE } from "../../e2e/src/patience.mjs";
import { client } from "../../e2e/src/phone.mjs";

const file = process.env.JUDGES_SCENE;
assert(file, "tests of the judges run by `npm run judges`, which starts the programs they need");

/** What stands there: `issuer`, `site` (Apache's), `clients`, `ca`, `people`, `password`. */
export const scene = JSON.parse(readFileSync(file, "utf8"));

/** The person of a test file, whose devices no other file uses. */
export function person(filename) {
  const files = readdirSync(path.dirname(filename)).filter((name) => name.endsWith(".test.mjs"));
  return new Person(scene.people[files.sort().indexOf(path.basename(filename))]);
}

/** Someone with a password, a card with a keypad and a phone: the real client program plays both. */
class Person {
  #devices;

  constructor({ username, cardLabel, ...devices }) {
    this.username = username;
    this.password = scene.password;
    this.cardLabel = cardLabel;
    this.phoneId = devices.phoneId;
    this.#devices = devices;
  }

  /** What the card shows for a challenge. */
  respond(challenge) {
    return does("card-reader", "respond", "--state", this.#devices.card, "--pin-file", scene.pinFile, challenge);
  }

  /** Makes the phone the default device, at which whoever asks is answered without a page. */
  prefersPhone() {
    return operator("user", "default-device", this.username, this.phoneId);
  }

  /** The one thing that awaits the phone. */
  async pending() {
    const pending = JSON.parse(await does("phone", "list", "--json", ...this.#phone()));
    assert.equal(pending.length, 1, JSON.stringify(pending));
    return pending[0];
  }

  /** Asks another server what awaits the phone, which must not get far. */
  async listAt(server) {
    const file = `${this.#devices.phone}.elsewhere`;
    const phone = JSON.parse(await readFile(this.#devices.phone, "utf8"));
    await writeFile(file, JSON.stringify({ ...phone, server }), { mode: 0o600 });
    const { code } = await client("phone", "list", "--state", file);
    assert.notEqual(code, 0, "nobody answers there");
  }

  /** Approves one of them on the phone. */
  approve(id) {
    return does("phone", "approve", "--pin-file", scene.pinFile, ...this.#phone(), id);
  }

  /** Has the phone woken at an address; the key that the server will sign with. */
  async subscribes(endpoint, { p256dh, auth }) {
    // A secret may begin with a hyphen.
    const out = await does("phone", "subscribe", ...this.#phone(), "--endpoint", endpoint, `--p256dh=${p256dh}`, `--auth=${auth}`);
    return out.trim();
  }

  /** Asks to be woken once. */
  asksForTestPush() {
    return does("phone", "test-push", ...this.#phone());
  }

  /** Refuses one of them on the phone. */
  deny(id) {
    return does("phone", "deny", ...this.#phone(), id);
  }

  /** Refuses one of them: "it wasn't me". */
  reports(id) {
    return does("phone", "deny", "--not-me", ...this.#phone(), id);
  }

  #phone() {
    return ["--state", this.#devices.phone, "--ca-file", scene.ca];
  }
}

async function does(...args) {
  const { code, out, err } = await client(...args);
  assert.equal(code, 0, err);
  return out;
}

/** What an operator's command prints, beside the running server. */
export async function operator(...args) {
  const { stdout } = await promisify(execFile)(program("countersign"), [...args, "--config", scene.config]);
  return stdout;
}

/** Waits until something is so, with a deadline. */
export async function eventually(is, otherwise) {
  const until = Date.now() + PATIENCE;
  while (!(await is())) {
    assert(Date.now() < until, otherwise);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
