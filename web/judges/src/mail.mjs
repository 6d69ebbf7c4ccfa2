// The institution's mail server: aiosmtpd, a program of others, with a handler that keeps what it gets.

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { attended } from "./programs.mjs";

const SERVER = path.resolve(import.meta.dirname, "../python/mail_server.py");

/** This machine, but not by a name to which mail may go without TLS. */
export const MAIL_HOST = "127.0.0.2";

/** Starts it; `{ child, url, passwordFile, box }`: `box` is the file with what it got. */
export async function startMail(dir, { python, tls, port }) {
  const [user, password] = ["countersign@bank.example", "submission-password"];
  const [passwordFile, box] = [path.join(dir, "mail.password"), path.join(dir, "mails.jsonl")];
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await writeFile(box, "");
  const options = [MAIL_HOST, `${port}`, tls.file, tls.key, user, password, box];
  const child = attended(spawn(python, [SERVER, ...options], { stdio: ["ignore", "pipe", "pipe"] }), "mail server");
  const ready = await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), child.ended]);
  if (`${ready}`.trim() !== "ready") throw new Error(`the mail server did not become ready\n${child.said}`);
  return { child, url: `smtp://${encodeURIComponent(user)}@${MAIL_HOST}:${port}`, passwordFile, box };
}
