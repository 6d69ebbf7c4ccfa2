// Programs that run beside the tests.

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

/** Ports that nobody uses, held together so that they differ. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
