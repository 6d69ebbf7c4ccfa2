// The phone app's core in a page of its own, at the demo's origin: what a test calls there is what the app calls.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { closePage, openPage } from "./browser.mjs";
import { startDemo } from "./demo.mjs";
import { PATIENCE } from "./patience.mjs";

const WEB = path.resolve(import.meta.dirname, "../..");
const BUILT = path.join(WEB, "node_modules/.tests/phone");

/** Where the page and its modules are; the server has nothing there. */
const PLACE = "/app/core-test/";

/** What the page may do: no more than the app's own. */
const POLICY = "default-src 'none'; script-src 'self'; img-src data:; connect-src 'self'; require-trusted-types-for 'script'; trusted-types countersign-app";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>core</title><link rel="icon" href="data:,">
<script type="module" src="${PLACE}page.js"></script>`;

const SCRIPT = `import { createCore } from "${PLACE}index.js";
import * as ocra from "${PLACE}ocra.js";
import * as scan from "${PLACE}scan.js";
import * as webauthn from "${PLACE}webauthn.js";
import * as worker from "${PLACE}worker.js";
import { checkVectors, readVectors } from "${PLACE}ocra-vectors.mjs";
Object.assign(globalThis, { core: createCore(), ocra, scan, webauthn, worker, checkVectors, readVectors });
globalThis.ready = true;`;

/** What the core's page and its modules are, by address; nothing for any other. */
export async function servedCore(demo, url) {
  if (!url.startsWith(`${demo.url}${PLACE}`)) return undefined;
  const name = new URL(url).pathname.slice(PLACE.length);
  if (name === "") return { contentType: "text/html", headers: { "content-security-policy": POLICY }, body: PAGE };
  const body = name === "page.js" ? SCRIPT : await readFile(fileOf(name), "utf8");
  return { contentType: "text/javascript", body };
}

/** Opens the core's page in `page`, at the demo's origin. */
export async function openCore(page, demo) {
  if (!existsSync(path.join(BUILT, "index.js"))) throw new Error("npm test in web/phone builds the modules first");
  await page.route(`${demo.url}${PLACE}**`, async (route) => route.fulfill(await servedCore(demo, route.request().url())));
  await again(page, demo);
}

/** Loads the page once more. */
export async function again(page, demo) {
  await page.goto(`${demo.url}${PLACE}`);
  await page.waitForFunction(() => globalThis.ready === true);
}

function fileOf(name) {
  return path.join(name === "ocra-vectors.mjs" ? path.join(WEB, "phone/test") : BUILT, path.basename(name));
}

/**
 * The platform's authenticator of one page, as the browser simulates it. `options` differ from one with user
 * verification and PRF.
 */
export async function authenticator(page, options = {}) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true, ...options,
    },
  });
  return {
    /** Once refused, it stays locked. */
    refuse: () => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false }),
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

/**
 * Calls the core: `core.NAME(...args)`, what it gives, or `{ error, detail }` for what it refuses with. An account is
 * named by its username.
 */
export function ask(page, name, ...args) {
  return page.evaluate(
    async ([called, given]) => {
      try {
        return await globalThis.core[called](...given);
      } catch (error) {
        if (typeof error?.slug === "string") return { error: error.slug, detail: error.detail };
        throw error;
      }
    },
    [name, args],
  );
}

/** What the app reads in a picture, a PNG's octets. */
export function scannedPicture(page, picture, issuer) {
  return page.evaluate(
    ([held, from]) => {
      const octets = Uint8Array.from(atob(held), (letter) => letter.charCodeAt(0));
      return globalThis.scan.scanPicture(new Blob([octets], { type: "image/png" }), from);
    },
    [picture.toString("base64"), issuer],
  );
}

/** Waits until `find` gives something. */
export async function eventually(find, what) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The newest activation code in the demo's outbox. */
export async function codeOf(demo) {
  const page = await (await fetch(`${demo.url}/demo/outbox`)).text();
  // Words only: a token inside a tag may look like a code.
  return /(?<![\w-])[A-Z2-9]{4}-[A-Z2-9]{4}(?![\w-])/.exec(page.replaceAll(/<[^>]*>/g, " "))?.[0];
}

/** The newest link for a forgotten password in the demo's outbox. */
export async function linkOf(demo) {
  return eventually(async () => {
    const page = await (await fetch(`${demo.url}/demo/outbox`)).text();
    return /https?:\/\/[^\s<"]*\/forgot\/[\w-]+/.exec(page)?.[0];
  }, "a link");
}

/** A program's login (OAuth 2.0 for First-Party Applications), as far as its first steps; later ones by `step`. */
export class ProgramLogin {
  constructor(demo, client = "tws") {
    this.demo = demo;
    this.client = client;
  }

  async begin(username) {
    const { password } = this.demo.users.get(username);
    const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const answer = await this.#send({
      username, password, client_version: "966", code_challenge: challenge, code_challenge_method: "S256",
    });
    this.session = answer.auth_session;
    return answer;
  }

  step(fields) {
    return this.#send({ auth_session: this.session, ...fields });
  }

  async #send(fields) {
    const response = await fetch(`${this.demo.url}/oauth2/authorize-challenge`, {
      method: "POST",
      body: new URLSearchParams({ client_id: this.client, ...fields }),
    });
    return response.json();
  }
}

/** The PIN of the phones here. */
export const PIN = "403917";

/** Makes tests with a demo and a phone's browser window of its own each: `play(page, demo)`. */
export function scenes(browser) {
  return (name, play, flags = []) =>
    test(name, async () => {
      const demo = await startDemo(...flags);
      const page = await openPage(browser());
      try {
        await openCore(page, demo);
        await play(page, demo);
        // What the server refuses, Chromium writes to the console; the tests assert it.
        page.complaints = page.complaints.filter((text) => !/the server responded with a status of 4\d\d/.test(text));
        await closePage(page);
      } finally {
        await page.context().close();
        await demo.stop();
      }
    });
}

/** A new phone of `username`, activated with password and code; the user has no device but a phone. */
export async function activated(page, demo, { username = "boris", presence = { pin: PIN } } = {}) {
  const { password } = demo.users.get(username);
  const begun = await ask(page, "begin", { by: "password", username, password });
  assert.equal(begun.proof?.kind, "code", JSON.stringify(begun));
  const code = await codeOf(demo);
  const done = await ask(page, "complete", { code, presence, look: "android" });
  assert.equal(done.account?.username, username, JSON.stringify(done));
  return done.account;
}

/** Lets the phone's user log in with it; the attempt, and what the phone shows of it. */
export async function asked(page, demo, account) {
  const login = new ProgramLogin(demo);
  const { next } = await login.begin(account.username);
  if (next.step === "choose_device") await login.step({ device_id: account.device });
  const [shown] = await eventually(async () => {
    const { pending } = await ask(page, "pending", account);
    return pending.length > 0 && pending;
  }, "the request");
  return { login, shown };
}
