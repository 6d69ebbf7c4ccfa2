// Writes docs/screenshots/{en,ru}/NAME.png: every page at a desktop's width, some at a phone's width and in the dark.

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import UPNG from "upng-js";
import { openPage, startBrowser } from "./browser.mjs";
import { startDemo } from "./demo.mjs";
import { tour, unfamiliarTour } from "./tour.mjs";

// Another folder may be named, to compare.
const TARGET = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../../../docs/screenshots"));
const DESKTOP = { width: 1100, height: 760 };
const PHONE = { width: 390, height: 844 };
const ON_PHONE = new Set(["home", "demo", "login", "chooser", "respond", "approve", "approve-number", "settings", "card-reader-on"]);
const IN_THE_DARK = new Set(["login", "respond", "approve-number", "settings"]);

/** Colours of a picture: enough for flat pages with smooth letters, and a third of the octets. */
const COLOURS = 128;

/** The same picture with few colours. */
function small(png) {
  const picture = UPNG.decode(png);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, COLOURS));
}

async function write(page, folder, name) {
  const shoot = async (suffix) => {
    const png = await page.screenshot({ fullPage: true, caret: "hide" });
    await writeFile(path.join(folder, `${name}${suffix}.png`), small(png));
  };
  await shoot("");
  if (IN_THE_DARK.has(name)) {
    await page.emulateMedia({ colorScheme: "dark" });
    await shoot("-dark");
    await page.emulateMedia({ colorScheme: "light" });
  }
  if (ON_PHONE.has(name)) {
    await page.setViewportSize(PHONE);
    await shoot("-phone");
    await page.setViewportSize(DESKTOP);
  }
}

const browser = await startBrowser();
try {
  for (const lang of ["en", "ru"]) {
    const folder = path.join(TARGET, lang);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
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
} finally {
  await browser.close();
}
