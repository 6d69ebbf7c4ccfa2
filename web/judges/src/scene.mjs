// What the judges find when they come: `countersign serve` with registered clients and a database of its own, and
// Apache, which ends TLS in front of it (as an institution's proxy does) and on another port protects a page by
// mod_auth_openidc. Everything is in one temporary folder and goes with it. `run.mjs` opens it once for all tests.

import { execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { program } from "../../e2e/src/demo.mjs";
import { startApache } from "./apache.mjs";
import { registered } from "./clients.mjs";
import { MAIL_HOST, startMail } from "./mail.mjs";
import { answers, attended, freePorts, stop } from "./programs.mjs";

const run = promisify(execFile);

/** Where the desk reads mail. */
const DESK = "desk@bank.example";
/** Whom push services may write to. */
const CONTACT = `mailto:${DESK}`;
/** Whom mail is from. */
const FROM = "login@bank.example";

/**
 * Opens the scene with so many people; `{ file, ca, logs, close }`. `file` holds what tests need to know; `python` is
 * one of those things.
 */
export async function openScene(people, python) {
  const dir = await mkdtemp(path.join(tmpdir(), "countersign-judges-"));
  // Apache's children are another user, and read what lies in a folder of their own.
  await chmod(dir, 0o711);
  const running = [];
  const close = async () => {
    for (const child of running.reverse()) await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const [plain, secure, open, submission, ...listening] = await freePorts(7);
    const issuer = `https://localhost:${secure}`;
    const site = `http://localhost:${open}`;
    const [told, pinged, pushed] = listening.map((port) => `http://localhost:${port}`);
    const tls = await certificate(dir);
    const clients = await registered({ site, told, pinged });
    const mail = await startMail(dir, { python, tls, port: submission });
    running.push(mail.child);
    const config = await configure(dir, { plain, issuer, clients, mail });
    const roster = await crowd(dir, config, people);
    const server = serve(config, tls);
    running.push(server);
    const apache = await startApache(dir, { plain, secure, open, tls, issuer, client: clients.apache });
    running.push(apache);
    await answers(`http://127.0.0.1:${plain}/readyz`, server);
    await answers(`${site}/index.html`, apache);
    const file = path.join(dir, "scene.json");
    const mailed = { box: mail.box, from: FROM, desk: DESK };
    const addresses = { issuer, site, told, pinged, pushed, contact: CONTACT, mail: mailed };
    const scene = { ...addresses, ca: tls.file, config, python, clients, ...roster };
    await writeFile(file, JSON.stringify(scene), { mode: 0o600 });
    return { file, ca: tls.file, logs: () => logs(running, dir), close };
  } catch (error) {
    const said = await logs(running, dir);
    await close();
    throw new Error(`${error.message}\n${said}`, { cause: error });
  }
}

async function certificate(dir) {
  const [file, key] = [path.join(dir, "tls.pem"), path.join(dir, "tls.key")];
  const extensions = [`subjectAltName=DNS:localhost,IP:${MAIL_HOST}`, "basicConstraints=CA:FALSE"];
  const names = ["-subj", "/CN=localhost", ...extensions.flatMap((extension) => ["-addext", extension])];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"];
  await run("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", file]);
  await chmod(file, 0o644);
  return { file, key };
}

async function configure(dir, { plain, issuer, clients, mail }) {
  const sealing = path.join(dir, "sealing.key");
  await run(program("countersign"), ["key", "new", "--out", sealing]);
  const parts = [
    `[http]\nlisten = ["127.0.0.1:${plain}"]\npublic_url = "${issuer}"\ntrusted_proxies = ["127.0.0.1"]`,
    `[store]\nurl = ${toml(`sqlite:${path.join(dir, "countersign.db")}`)}`,
    `[keys]\nsealing_key_file = ${toml(sealing)}`,
    `[log]\nfilter = "warn"\njson = false`,
    // The push service of the tests is on this machine.
    `[push]\nenabled = true\ncontact = "${CONTACT}"\nallow_insecure_loopback = true`,
    `[product]\nname = "Example Bank"`,
    `[institution]\ndesk_mail = "${DESK}"`,
    `[messages]\nmail_url = "${mail.url}"\nmail_password_file = ${toml(mail.passwordFile)}\nmail_from = "Example Bank <${FROM}>"`,
    // Every judge comes from one address.
    `[throttle]\naddress_burst = 100000\naddress_per_second = 1000`,
    ...Object.values(clients).map(({ id, oauth }) => `[[clients]]\nid = "${id}"\nname = "${id}"\n${section(oauth)}`),
  ];
  const file = path.join(dir, "countersign.toml");
  await writeFile(file, `${parts.join("\n\n")}\n`);
  return file;
}

function section(oauth) {
  const lines = Object.entries(oauth).map(([name, value]) => `${name} = ${toml(value)}`);
  return ["[clients.oauth]", ...lines].join("\n");
}

function toml(value) {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, inner]) => `${name} = ${toml(inner)}`).join(", ")} }`;
}

/** People with a card and a phone each, by the server's own command; their files as the client reads them. */
async function crowd(dir, config, count) {
  const file = path.join(dir, "roster.json");
  await run(program("countersign"), ["user", "crowd", "--count", `${count}`, "--roster", file, "--config", config]);
  const { password, pin, users } = JSON.parse(await readFile(file, "utf8"));
  const keep = async (name, text) => {
    await writeFile(path.join(dir, name), text, { mode: 0o600 });
    return path.join(dir, name);
  };
  const people = [];
  for (const { username, card, phone } of users) {
    people.push({
      username,
      card: await keep(`${username}-card.json`, JSON.stringify(card)),
      cardLabel: card.label,
      phone: await keep(`${username}-phone.json`, JSON.stringify(phone)),
      phoneId: phone.device_id,
    });
  }
  return { people, password, pin, pinFile: await keep("pin", `${pin}\n`) };
}

/** The mail server's certificate is the test's own: the server trusts it as a system's administrator has it trusted. */
function serve(config, tls) {
  const env = { ...process.env, SSL_CERT_FILE: tls.file };
  const child = spawn(program("countersign"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"], env });
  return attended(child, "countersign serve");
}

async function logs(running, dir) {
  const apache = await readFile(path.join(dir, "apache", "error.log"), "utf8").catch(() => "");
  const said = running.map(({ name, said }) => `--- ${name}\n${said.slice(-4000)}`);
  return [...said, `--- Apache's log\n${apache.slice(-4000)}`].join("\n");
}
