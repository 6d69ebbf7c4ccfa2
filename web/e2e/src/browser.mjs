// Chromium as the distribution ships it, and a watch over everything a page complains about.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { PATIENCE } from "./patience.mjs";

/** The engine without a window's parts: about half the work for the machine. It knows no notifications. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";

/** The browser as people have it. */
const WHOLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  // Tests run as root in containers, where the sandbox cannot start. They open pages of this machine only.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
];

/** Starts the engine, with further flags. */
export function startBrowser(...flags) {
  return start(CHROMIUM, flags);
}

/** Starts the whole browser, which shows notifications. */
export function startWholeBrowser(...flags) {
  return start(WHOLE, flags);
}

async function start(executablePath, flags) {
  if (!existsSync(executablePath)) {
    const name = path.basename(executablePath);
    throw new Error(`${executablePath} is not there. Install Debian's package ${name}, or name a Chromium in CHROMIUM.`);
  }
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

/** The browser of a file of tests, started before them and closed after them; the answer gives it. */
export function ownBrowser(starts = startBrowser) {
  let browser;
  before(async () => {
    browser = await starts();
  });
  after(() => browser?.close());
  return () => browser;
}

/**
 * A browser window of its own (cookies, language) with one page. `page.complaints` gathers what the page says is
 * wrong: console errors, uncaught errors, violations of the content security policy, requests that failed. Its language
 * counts as chosen on our pages, unless `chosen` is false: then it is only the browser's.
 */
export async function openPage(browser, { lang = "en", chosen = true, js = true, ...rest } = {}) {
  const locale = { en: "en-US", ru: "ru-RU" }[lang];
  const context = await browser.newContext({ locale, javaScriptEnabled: js, reducedMotion: "reduce", ...rest });
  context.setDefaultTimeout(PATIENCE);
  // Whoever logs in is else spoken to in the language of the user's record.
  const choice = { name: "language", value: lang, domain: "localhost", path: "/", httpOnly: true, sameSite: "Lax" };
  if (chosen) await context.addCookies([choice]);
  const page = await context.newPage();
  watch(page);
  return page;
}

/**
 * A device of its own: a browser process whose profile lies in `folder`, so that keys and the service worker outlive a
 * restart. One page, watched like any other.
 */
export async function openDevice(folder, { lang = "en", flags = [], ...rest } = {}) {
  const locale = { en: "en-US", ru: "ru-RU" }[lang];
  const args = [...FLAGS, ...flags];
  const context = await chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, args, locale, reducedMotion: "reduce", ...rest });
  context.setDefaultTimeout(PATIENCE);
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  return page;
}

function watch(page) {
  page.complaints = [];
  const documents = new Set();
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) documents.add(response.url());
  });
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // A document that answers 403 or 404 is shown like any other; only what a page loads besides must not fail.
    const status = message.text().startsWith("Failed to load resource: the server responded with a status of");
    if (status && documents.has(message.location().url)) return;
    page.complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(`${page.url()}: ${error}`));
  page.on("requestfailed", (request) => {
    // A page that is left breaks off what it still loads (its stream of events, its icon), and nobody minds. What is
    // blocked or not found has another name.
    if (request.failure()?.errorText === "net::ERR_ABORTED") return;
    if (!request.isNavigationRequest()) page.complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
}

/** Closes a page's window; fails when the page complained. */
export async function closePage(page) {
  await page.context().close();
  assert.deepEqual(page.complaints, []);
}
