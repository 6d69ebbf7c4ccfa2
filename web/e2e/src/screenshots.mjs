// Writes docs/screenshots/{en,ru}/NAME.png: every page at a desktop's width, some at a phone's width and in the dark; and
// as app-{ios,android}-NAME.png every screen of the phone app in both forms; readme-NAME.png are the README's.
//
//     node src/screenshots.mjs [pages|app|readme|ios:en|android:en|ios:ru|android:ru] [FOLDER]

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import UPNG from "upng-js";
import { openApp } from "./app.mjs";
import { appTour } from "./app-tour.mjs";
import { openPage, startBrowser } from "./browser.mjs";
import { Customer } from "./customer.mjs";
import { startDemo } from "./demo.mjs";
import { Person } from "./person.mjs";
import { respondByHand, tour, unfamiliarTour } from "./tour.mjs";

const { positionals } = parseArgs({ allowPositionals: true });
const WALKS = ["ios:en", "android:en", "ios:ru", "android:ru"];
const PARTS = positionals.filter((word) => ["pages", "app", "readme", ...WALKS].includes(word));
// Another folder may be named, to compare.
const [named] = positionals.filter((word) => !PARTS.includes(word));
const TARGET = path.resolve(named ?? path.join(import.meta.dirname, "../../../docs/screenshots"));
const DESKTOP = { width: 1100, height: 760 };
const BESIDE = { width: 1280, height: 1180 };
const NARROW = { width: 390, height: 844 };
/** Pages that are also shown at a phone's width, as NAME-narrow.png. */
const IN_NARROW = new Set(["home", "demo", "login", "chooser", "respond", "approve", "approve-number", "settings", "settings-phone-open", "card-reader-on"]);
const IN_THE_DARK = new Set(["login", "respond", "approve-number", "settings", "scan"]);
/** Screens of the app that one walk also shows in the dark. */
const APP_IN_THE_DARK = new Set([
  "welcome", "home-waiting", "activate", "activate-pin", "request-login", "request-pin", "request-withdrawal", "request-approved",
  "card", "respond-response", "respond-money-compare", "trade-signed-in", "self-check", "more",
]);

/** Colours of a picture: enough for flat pages with smooth letters, and a third of the octets. */
const COLOURS = 128;
const APP_COLOURS = 64;

/** The same picture with few colours. */
function small(png, colours) {
  const picture = UPNG.decode(png);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, colours));
}

async function write(page, folder, name) {
  // Where the programs lie is this machine's own affair.
  await page.evaluate(() => {
    for (const code of document.querySelectorAll("code")) code.textContent = code.textContent.replace(/\S*\/(countersign-client)\b/g, "$1");
  });
  // Where the program lies on this machine is nobody's business.
  await page.evaluate(() => document.querySelectorAll(".program").forEach((place) => (place.textContent = "countersign-client")));
  const shoot = async (suffix) => {
    const png = await page.screenshot({ fullPage: true, caret: "hide" });
    await writeFile(path.join(folder, `${name}${suffix}.png`), small(png, COLOURS));
  };
  await shoot("");
  if (IN_THE_DARK.has(name)) {
    await page.emulateMedia({ colorScheme: "dark" });
    await shoot("-dark");
    await page.emulateMedia({ colorScheme: "light" });
  }
  if (IN_NARROW.has(name)) {
    await page.setViewportSize(NARROW);
    await shoot("-narrow");
    await page.setViewportSize(DESKTOP);
  }
}

/** A screen of the app, as on a phone that is tall enough; with a sheet or the menu over it, what is in sight. */
async function writeScreen(page, folder, name, dark) {
  const usual = page.viewportSize();
  const covered = (await page.locator("dialog[open]").count()) > 0;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  // A picture of the whole page would have the tab bar in its middle.
  if (!covered && height > usual.height) await page.setViewportSize({ ...usual, height });
  const shoot = async (suffix) => {
    const png = await page.screenshot({ caret: "hide", scale: "css" });
    await writeFile(path.join(folder, `${name}${suffix}.png`), small(png, APP_COLOURS));
  };
  await shoot("");
  if (dark) {
    await page.emulateMedia({ colorScheme: "dark" });
    await shoot("-dark");
    await page.emulateMedia({ colorScheme: "light" });
  }
  await page.setViewportSize(usual);
}

/** A folder without the pictures that are made anew. */
async function emptied(lang, part) {
  const folder = path.join(TARGET, lang);
  await mkdir(folder, { recursive: true });
  const of = (name) => /^app-[a-z]+-/.exec(name)?.[0] ?? "";
  const old = (await readdir(folder)).filter((name) => of(name) === part);
  await Promise.all(old.map((name) => rm(path.join(folder, name))));
  return folder;
}

async function pages(browser, lang) {
  const folder = await emptied(lang, "");
  for (const [walk, ...flags] of [[tour], [unfamiliarTour, "--unfamiliar"]]) {
    const demo = await startDemo(...flags);
    try {
      const page = await openPage(browser, { lang, viewport: DESKTOP });
      await walk(page, demo, lang, (name) => write(page, folder, name));
      await page.context().close();
    } finally {
      await demo.stop();
    }
  }
}

async function screens(browser, lang) {
  for (const look of ["ios", "android"]) {
    if (!wanted("app") && !PARTS.includes(`${look}:${lang}`)) continue;
    const folder = await emptied(lang, `app-${look}-`);
    const demo = await startDemo("--unfamiliar");
    const laptop = await openPage(browser, { lang });
    const app = await openApp(demo, { look, lang, colorScheme: "light" });
    const dark = (name) => look === "ios" && lang === "en" && APP_IN_THE_DARK.has(name);
    try {
      await appTour(app, laptop, (name) => writeScreen(app.page, folder, `app-${look}-${name}`, dark(name)));
      await app.close();
    } finally {
      await app.page.context().close();
      await laptop.context().close();
      await demo.stop();
    }
  }
}

/** What the README begins with: a card beside its login, and a withdrawal that the phone may not confirm. */
async function readme(browser) {
  const demo = await startDemo();
  const shoot = async (page, name) => writeFile(path.join(TARGET, `readme-${name}.png`), small(await page.screenshot({ caret: "hide" }), COLOURS));
  try {
    const beside = await openPage(browser, { lang: "en", viewport: BESIDE });
    await beside.goto(`${demo.url}/demo/beside?story=card`);
    const [login, reader] = ["demo-pane-login", "demo-card"].map((name) => beside.frame({ name }));
    const carol = new Person(login, demo, "carol", "en");
    const card = await carol.reach();
    const shown = await respondByHand({ locator: (selector) => reader.locator(selector), mouse: beside.mouse }, card.pin, await carol.challenge());
    await carol.field(carol.words.response).fill(shown);
    await shoot(beside, "card");
    const page = await openPage(browser, { lang: "en", viewport: DESKTOP });
    const alice = new Customer(page, demo, "alice", "en");
    await alice.entersPortal();
    await alice.asksFor({ amount: "250000", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 17", reference: "house" });
    await shoot(page, "limit");
  } finally {
    await demo.stop();
  }
}

const wanted = (part) => PARTS.length === 0 || PARTS.includes(part);
const browser = await startBrowser();
try {
  if (wanted("readme")) await readme(browser);
  for (const lang of ["en", "ru"]) {
    if (wanted("pages")) await pages(browser, lang);
    await screens(browser, lang);
  }
} finally {
  await browser.close();
}
