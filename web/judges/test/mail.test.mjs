// aiosmtpd and Python's own reader of mail: what our server submits.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { client, inFolder } from "../../e2e/src/phone.mjs";
import { Browser } from "../src/browser.mjs";
import { eventually, operator, person, scene } from "../src/here.mjs";

const alice = person(import.meta.filename);

/** What the mail server kept. */
async function box() {
  const lines = (await readFile(scene.mail.box, "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The mail to an address, as soon as it is there. */
async function mailTo(address) {
  const find = async () => (await box()).filter(({ to }) => to?.includes(address));
  await eventually(async () => (await find()).length > 0, `no mail to ${address}`);
  const [mail, ...more] = await find();
  assert.equal(more.length, 0, "it comes once");
  return { ...mail, header: (name) => one(mail.headers, name) };
}

function one(headers, name) {
  const values = headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
  assert.equal(values.length, 1, `${name} is there once`);
  return values[0];
}

/** What is good of every mail. */
function sane(mail, to) {
  assert.deepEqual(mail.defects, []);
  assert.deepEqual([mail.bare_newlines, mail.eight_bit, mail.type], [0, false, "text/plain"]);
  assert(mail.longest_line <= 998, `${mail.longest_line}`);
  assert.deepEqual([mail.tls, mail.user, mail.from, mail.to], [true, "countersign@bank.example", scene.mail.from, [to]]);
  assert.equal(mail.calls_itself, "localhost", "the name of the public address");
  assert.deepEqual([mail.header("from"), mail.header("to")], [`Example Bank <${scene.mail.from}>`, to]);
  assert.match(mail.header("message-id"), /^<[0-9a-f-]{36}@bank\.example>$/);
  assert(Math.abs(Date.now() - Date.parse(mail.header("date"))) < 120_000, mail.header("date"));
  assert.equal(mail.header("auto-submitted"), "auto-generated");
}

/** Someone without any device, whose phone is activated by a code that comes by mail. `use` gets that mail. */
async function activates({ username, locale, address }, use) {
  await inFolder(async (folder) => {
    const [password, pin, code] = ["password", "pin", "code"].map((name) => path.join(folder, name));
    await writeFile(password, "correct horse battery\n", { mode: 0o600 });
    await writeFile(pin, "739185\n", { mode: 0o600 });
    await operator("user", "add", username, "--mail", address, "--locale", locale, "--password-file", password);
    // It waits for the code as a person does who looks into the mail; not longer than a minute.
    const looks = `for _ in $(seq 600); do if [ -s '${code}' ]; then cat '${code}'; exit; fi; sleep 0.1; done; exit 1`;
    const files = ["--password-file", password, "--pin-file", pin, "--state", path.join(folder, "phone.json")];
    const where = ["--server", scene.issuer, "--ca-file", scene.ca, "--username", username];
    const activated = client("phone", "activate", ...where, ...files, "--code-command", looks);
    let shown = "";
    try {
      shown = await use(folder);
    } finally {
      await writeFile(`${code}.new`, `${shown}\n`);
      await promisify(execFile)("mv", [`${code}.new`, code]);
    }
    const { code: exit, err } = await activated;
    assert.equal(exit, shown === "" ? 1 : 0, err);
  });
}

test("the code comes in the user's language and activates the phone", async () => {
  const to = "ivan@example.com";
  await activates({ username: "ivan", locale: "ru", address: to }, async () => {
    const mail = await mailTo(to);
    sane(mail, to);
    assert.equal(mail.header("subject"), "Example Bank: ваш код активации");
    const [, code] = /^Код активации: ([A-Z2-9]{4}-[A-Z2-9]{4})\. Действует 10 мин\./.exec(mail.text);
    assert(mail.text.trimEnd().endsWith("Отвечать на него не нужно."), mail.text);
    return code;
  });
  const find = async () => (await box()).filter(({ text }) => text?.startsWith("Активировано новое устройство"));
  await eventually(async () => (await find()).length === 1, "and what happened is told");
});

test("a mail that the server wants later comes later", async () => {
  const to = "later@example.com";
  await activates({ username: "later", locale: "en", address: to }, async () => {
    const mail = await mailTo(to);
    sane(mail, to);
    assert.equal(mail.header("subject"), "Example Bank: your activation code");
    assert.equal((await box()).filter(({ recipient }) => recipient === to).length, 2);
    return /^Your activation code is (\S+)\. It is valid for 10 min\./.exec(mail.text)[1];
  });
});

test("a mail that the server refuses is not tried again, and what it said of the address is not kept", async () => {
  const to = "gone@example.com";
  await activates({ username: "gone", locale: "en", address: to }, async () => {
    const rows = async (sql) => {
      const database = path.join(path.dirname(scene.config), "countersign.db");
      const read = "import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))";
      return JSON.parse((await promisify(execFile)(scene.python, ["-c", read, database, sql])).stdout);
    };
    const failed = "SELECT message, failure FROM outbox WHERE failure IS NOT NULL";
    await eventually(async () => (await rows(failed)).length > 0, "it was not given up");
    assert.deepEqual(await rows(failed), [["notice-activation-code", "550"]]);
    const [[detail]] = await rows("SELECT detail FROM audit WHERE kind = 'message.failed'");
    const { why, attempts } = JSON.parse(detail);
    assert.deepEqual([why, attempts, detail.includes("gone@")], ["550", 1, false]);
    assert.equal((await box()).filter(({ recipient }) => recipient === to).length, 1);
    return "";
  });
});

test("the desk is told of a login that was not its user's", async () => {
  const browser = new Browser();
  const shown = (name, { text }) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)[1];
  const page = await browser.visit(`${scene.issuer}/login`);
  const known = { csrf: shown("csrf", page), username: alice.username, password: alice.password };
  const chooser = await browser.visit(`${scene.issuer}/login`, known);
  const chosen = { csrf: shown("csrf", chooser), attempt: shown("attempt", chooser), device: alice.phoneId };
  await browser.visit(`${scene.issuer}/login/device`, chosen);
  const { id } = await alice.pending();
  await alice.reports(id);
  const mail = await mailTo(scene.mail.desk);
  sane(mail, scene.mail.desk);
  assert.equal(mail.header("subject"), "Example Bank: a user reports a request that was not theirs");
  assert(mail.text.startsWith(`${alice.username} denied a request on the phone and reported “It wasn’t me”. The password is locked`));
  for (const said of ["What was asked: a login\n", "Network address: 127.0.0.1\n", `audit log names it: ${id}\n`]) {
    assert(mail.text.includes(said), `${said} ${mail.text}`);
  }
});
