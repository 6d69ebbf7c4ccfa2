// Makes the app's PNG icons from icon.svg, with the browser that the tests use. Run by hand (npm run icons) when the
// drawing changes; the results are committed.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const FOLDER = path.resolve(import.meta.dirname, "../public/icons");
const drawing = await readFile(path.join(FOLDER, "icon.svg"), "utf8");

/** The drawing without its rounded corners, moved into the circle that a mask leaves. */
const full = (scale) => {
  const move = (64 - 64 * scale) / 2;
  return drawing
    .replace(/ rx="15"/, "")
    .replaceAll("<path ", `<path transform="translate(${move} ${move}) scale(${scale})" `);
};

/** White on nothing: the system colours it. */
const badge = drawing.replace(/<rect[^>]*>/, "").replaceAll("#8fd3df", "#fff");

const ICONS = [
  ["192.png", 192, drawing],
  ["512.png", 512, drawing],
  ["maskable-512.png", 512, full(0.72)],
  ["apple-touch-icon.png", 180, full(0.84)],
  ["badge.png", 96, badge],
];

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage();
  for (const [name, size, svg] of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    const sized = svg.replace('width="64" height="64"', `width="${size}" height="${size}"`);
    await page.setContent(`<style>*{margin:0}svg{display:block}</style>${sized}`);
    await writeFile(path.join(FOLDER, name), await page.screenshot({ omitBackground: true }));
  }
} finally {
  await browser.close();
}
