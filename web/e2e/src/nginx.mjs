// nginx as Debian ships it, before a server of the test's own. Its settings are the defaults but for where things lie:
// `proxy_pass` and nothing else, as somebody writes it who has read no page about it.

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { answers, attended, freePorts, stop } from "../../judges/src/programs.mjs";
import { program } from "./demo.mjs";

const NGINX = "/usr/sbin/nginx";
const run = promisify(execFile);

/** Opens the scene: `countersign serve`, nginx before it, and one user with a card and a phone. Close it with `stop`. */
export async function startBehindNginx() {
  if (!existsSync(NGINX)) throw new Error(`${NGINX} is not there. Install Debian's package nginx.`);
  const dir = await mkdtemp(path.join(tmpdir(), "countersign-nginx-"));
  const running = [];
  const close = async () => {
    for (const child of running.reverse()) await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const [plain, front] = await freePorts(2);
    const url = `http://localhost:${front}`;
    const config = await configure(dir, plain, url);
    const user = await person(dir, config);
    const server = spawn(program("countersign"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
    running.push(attended(server, "countersign serve"));
    await answers(`http://127.0.0.1:${plain}/readyz`, server);
    const nginx = spawn(NGINX, ["-c", await nginxConfig(dir, plain, front)], { stdio: ["ignore", "ignore", "pipe"] });
    running.push(attended(nginx, "nginx"));
    await answers(`${url}/healthz`, nginx);
    return { url, users: new Map([[user.username, user]]), username: user.username, stop: close };
  } catch (error) {
    const said = running.map((child) => `${child.name}:\n${child.said}`).join("\n");
    await close();
    throw new Error(`${error.message}\n${said}`, { cause: error });
  }
}

/** The configuration of a server that listens at a port and is known by an address; the file. */
export async function configure(dir, plain, url) {
  const sealing = path.join(dir, "sealing.key");
  await run(program("countersign"), ["key", "new", "--out", sealing]);
  const file = path.join(dir, "countersign.toml");
  const text = `[http]
listen = ["127.0.0.1:${plain}"]
public_url = "${url}"
[store]
url = ${JSON.stringify(`sqlite:${path.join(dir, "countersign.db")}`)}
[keys]
sealing_key_file = ${JSON.stringify(sealing)}
[[clients]]
id = "tws"
name = "TWS"
first_party = true
`;
  await writeFile(file, text);
  return file;
}

async function nginxConfig(dir, plain, front) {
  const own = path.join(dir, "nginx");
  await mkdir(own);
  const file = path.join(own, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  // One process, so that it is whoever runs the test and ends with it.
  const text = `daemon off;
master_process off;
pid ${own}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${own}/${kind};`).join("\n  ")}
  server {
    listen 127.0.0.1:${front};
    location / {
      proxy_pass http://127.0.0.1:${plain};
    }
  }
}
`;
  await writeFile(file, text);
  return file;
}

/** A user with a card and a phone, by the server's own command, in the form of the demo's users. */
export async function person(dir, config) {
  const roster = path.join(dir, "roster.json");
  await run(program("countersign"), ["user", "crowd", "--count", "1", "--roster", roster, "--config", config]);
  const { password, pin, users } = JSON.parse(await readFile(roster, "utf8"));
  const [{ username, card, phone }] = users;
  const device = async (kind, id, label, state) => {
    const file = path.join(dir, `${kind}.json`);
    await writeFile(file, JSON.stringify(state), { mode: 0o600 });
    return { id, class: kind, label, pin, state_file: file };
  };
  const devices = [
    await device("dsc-plus", users[0].card_id, card.label, card),
    await device("phone", phone.device_id, phone.label ?? "Phone", phone),
  ];
  return { username, password, devices };
}
