// Programs that run beside the tests.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { PATIENCE } from "../../e2e/src/patience.mjs";

/** A program that runs: keeps what it says. */
export function attended(child, name) {
  child.name = name;
  child.said = "";
  child.stderr.on("data", (piece) => (child.said += piece));
  child.ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  return child;
}

/** Stops a program, and waits until it has ended. */
export async function stop(child) {
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  await child.ended;
  clearTimeout(late);
}

/** The system picks ports from here on; below, nobody gets one by chance before the program that it is for. */
const SYSTEMS_PORTS = 32_768;
const FIRST_PORT = 15_000;

/** Ports that nobody uses, held together so that they differ. */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, held));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function held() {
  for (;;) {
    const server = createServer();
    const listens = new Promise((resolve) => server.once("listening", () => resolve(true)).once("error", () => resolve(false)));
    server.listen(randomInt(FIRST_PORT, SYSTEMS_PORTS), "127.0.0.1");
    if (await listens) return server;
  }
}

/** Waits until an address answers 200, with a deadline. */
export async function answers(url, child) {
  const until = Date.now() + PATIENCE;
  let over = false;
  child.ended.then(() => (over = true));
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    if (over) throw new Error(`${child.name} ended before it was ready`);
    if (Date.now() > until) throw new Error(`${child.name} did not become ready`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
