// A program of somebody else's on this machine: a site that sends people to the login and takes them back, either in the
// same window or in one that it opened. The server knows it as a public client.

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { answers, attended, freePorts, stop } from "../../judges/src/programs.mjs";
import { program } from "./demo.mjs";
import { configure, person } from "./nginx.mjs";


/**
 * Opens the scene: `countersign serve`, one user with a card and a phone, and the client's site. Its callback leads on to
 * another origin, `landing`; its page `/popup` opens the login in a window of its own and shows what that says. Close it
 * with `stop`.
 */
export async function startClientSite() {
  const dir = await mkdtemp(path.join(tmpdir(), "countersign-site-"));
  const [port, own, other] = await freePorts(3);
  const url = `http://localhost:${port}`;
  const site = `http://127.0.0.1:${own}`;
  const landing = `http://127.0.0.1:${other}/landed`;
  const config = await configure(dir, port, url);
  await appendFile(config, client(site));
  const user = await person(dir, config);
  const open = [];
  const close = async () => {
    for (const server of open) server.close();
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  const child = attended(spawn(program("countersign"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] }), "countersign serve");
  open.push(await serves(own, (request, response) => answer(request, response, { url, site, landing })));
  open.push(await serves(other, (_, response) => html(response, "<h1>Landed</h1>")));
  await answers(`${url}/readyz`, child);
  return { url, site, landing, users: new Map([[user.username, user]]), username: user.username, stop: close };
}

function client(site) {
  return `
[[clients]]
id = "site"
name = "Somebody's Site"
[clients.oauth]
redirect_uris = ["${site}/callback", "${site}/told"]
scopes = ["openid"]
`;
}

function answer(request, response, { url, site, landing }) {
  const { pathname } = new URL(request.url, site);
  if (pathname === "/callback") {
    // The last hop is to an origin that no policy of the login's page can know.
    response.writeHead(302, { Location: landing }).end();
  } else if (pathname === "/told") {
    html(response, "<h1>Told</h1><script>opener.postMessage(location.search, location.origin); close();</script>");
  } else if (pathname === "/popup") {
    html(response, `<h1>Waiting</h1><button onclick="window.open(${quoted(authorization(url, `${site}/told`))})">Log in</button>
<script>addEventListener("message", ({ data }) => { document.querySelector("h1").textContent = "Told " + data; });</script>`);
  } else {
    response.writeHead(302, { Location: authorization(url, `${site}/callback`) }).end();
  }
}

const quoted = (text) => JSON.stringify(text).replaceAll("&", "&amp;").replaceAll('"', "&quot;");

function authorization(url, callback) {
  const verifier = randomBytes(32).toString("base64url");
  const parameters = new URLSearchParams({
    client_id: "site",
    response_type: "code",
    redirect_uri: callback,
    scope: "openid",
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return `${url}/oauth2/authorize?${parameters}`;
}

function html(response, body) {
  response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><html lang="en"><title>Site</title><link rel="icon" href="data:,">${body}</html>`);
}

async function serves(port, handler) {
  const server = createServer(handler);
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return server;
}
