// A desktop that shows notifications, on a session bus of its own: a test reads there what the browser showed, and taps
// it as a person does. https://specifications.freedesktop.org/notification-spec/latest/

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { joinBus } from "./dbus.mjs";
import { PATIENCE } from "./patience.mjs";

const NAME = "org.freedesktop.Notifications";
const PLACE = "/org/freedesktop/Notifications";

/** Why a notification goes: its program took it back. */
const TAKEN_BACK = 3;

/** Lets everybody of this user in, and starts no other service. */
const busConfig = (socket) => `<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** Starts one. Stop it with `stop`, after the browser. */
export async function startNotificationDaemon() {
  const folder = await mkdtemp(path.join(tmpdir(), "countersign-bus-"));
  const socket = path.join(folder, "bus");
  const config = path.join(folder, "bus.conf");
  await writeFile(config, busConfig(socket));
  const child = spawn("dbus-daemon", [`--config-file=${config}`, "--nofork", "--print-address"]);
  await ready(child);
  const daemon = new NotificationDaemon(child, folder, await joinBus(socket));
  await daemon.offer();
  daemon.env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  return daemon;
}

/** Waits until the bus says its address. */
async function ready(child) {
  let said = "";
  child.stderr.on("data", (piece) => {
    said += piece;
  });
  const line = await new Promise((resolve) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", () => resolve(undefined));
    child.once("error", ({ message }) => {
      said += `${message}. Debian's package dbus has it.`;
      resolve(undefined);
    });
    setTimeout(resolve, PATIENCE).unref();
  });
  if (line !== undefined) return;
  child.kill("SIGKILL");
  throw new Error(`The bus did not become ready. It said:\n${said}`);
}

/** What shows the notifications of one browser. */
class NotificationDaemon {
  /** The ids of those that are on the screen. */
  open = new Set();
  #child;
  #folder;
  #bus;
  #last = 0;
  #unseen = [];
  #awaited;

  constructor(child, folder, bus) {
    this.#child = child;
    this.#folder = folder;
    this.#bus = bus;
  }

  offer() {
    return this.#bus.offer(NAME, {
      GetServerInformation: ["ssss", () => ["countersign-test", "countersign", "1", "1.2"]],
      GetCapabilities: ["as", () => [["actions", "body", "persistence"]]],
      Notify: ["u", (...said) => [this.#show(...said)]],
      CloseNotification: ["", (id) => this.#close(id)],
    });
  }

  /** The next notification that was not looked at yet. */
  async next() {
    const [come] = this.#unseen.splice(0, 1);
    if (come) return come;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("no notification came")), PATIENCE);
      this.#awaited = (notification) => {
        clearTimeout(late);
        this.#awaited = undefined;
        resolve(notification);
      };
    });
  }

  /** Taps a notification: its words, or the button with that label. */
  tap({ id, actions }, label) {
    const key = label === undefined ? "default" : [...actions].find(([, words]) => words === label)?.[0];
    if (key === undefined || !actions.has(key)) throw new Error(`nothing to tap there: ${[...actions].join(" ")}`);
    this.#bus.tell(PLACE, NAME, "ActionInvoked", "us", id, key);
  }

  async stop() {
    this.#bus.leave();
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #show(program, replaced, icon, summary, body, actions, hints) {
    if (replaced === 0) this.#last += 1;
    const id = replaced || this.#last;
    const pairs = actions.flatMap((key, at) => (at % 2 === 0 ? [[key, actions[at + 1]]] : []));
    const shown = { id, program, icon, summary, body, actions: new Map(pairs), hints: Object.fromEntries(hints) };
    this.open.add(id);
    if (this.#awaited) this.#awaited(shown);
    else this.#unseen.push(shown);
    return id;
  }

  #close(id) {
    if (this.open.delete(id)) this.#bus.tell(PLACE, NAME, "NotificationClosed", "uu", id, TAKEN_BACK);
  }
}
