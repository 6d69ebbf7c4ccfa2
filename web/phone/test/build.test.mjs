// What is built: small enough, whole, and within the policy.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import test, { before } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { build } from "vite";

const ROOT = path.resolve(import.meta.dirname, "..");
const BUILT = path.resolve(ROOT, "../dist/phone");

/** What the first screen may weigh, compressed (octets). */
const LIMIT = 60_000;

let page = "";
before(async () => {
  await build({ root: ROOT, configFile: path.join(ROOT, "vite.config.ts"), logLevel: "warn" });
  page = await readFile(path.join(BUILT, "index.html"), "utf8");
});

const compressed = async (name) => (await readFile(path.join(BUILT, `${name}.gz`))).length;

/** Everything that the page loads before anybody touches it, itself included. */
async function eager() {
  const names = new Set(["index.html"]);
  const queue = [...page.matchAll(/(?:src|href)="\/app\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    if (!name.endsWith(".js")) continue;
    const code = await readFile(path.join(BUILT, name), "utf8");
    // Static imports alone: `import("…")` waits for an occasion.
    for (const [, found] of code.matchAll(/(?:from|import)\s*["'`](\.[^"'`]+)["'`]/g)) {
      queue.push(path.posix.join(path.posix.dirname(name), found));
    }
  }
  return [...names];
}

test("the first screen is at most 60 kB compressed", async () => {
  const sizes = await Promise.all((await eager()).map(async (name) => [name, await compressed(name)]));
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(sizes.some(([name]) => name.endsWith(".js")), "the page loads a script");
  assert.ok(whole <= LIMIT, `${whole} octets: ${sizes.map((pair) => pair.join(" ")).join(", ")}`);
});

test("the page has nothing inline and nothing of another origin", () => {
  assert.doesNotMatch(page, /<style|style=|\son\w+=|javascript:/i);
  for (const [tag, text] of page.matchAll(/<script[^>]*>([^<]*)/g)) assert.equal(text.trim(), "", tag);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(address, /^\/app\//);
});

test("the worker keeps every file of the app, and each of them exists", async () => {
  const worker = await readFile(path.join(BUILT, "sw.js"), "utf8");
  const { version, files } = JSON.parse(/\{"version":"[0-9a-f]{16}","files":\[[^\]]*\]\}/.exec(worker)[0]);
  assert.match(version, /^[0-9a-f]{16}$/);
  const entries = await readdir(BUILT, { recursive: true, withFileTypes: true });
  const there = entries
    .filter((entry) => entry.isFile() && !/\.(gz|br)$|^sw\.js$/.test(entry.name))
    .map((entry) => path.relative(BUILT, path.join(entry.parentPath, entry.name)))
    .map((name) => (name === "index.html" ? "/app/" : `/app/${name}`));
  assert.deepEqual([...files].sort(), there.sort());
});

test("what is compressed is the same as what is not", async () => {
  const entries = await readdir(BUILT, { recursive: true });
  for (const [ending, unpacked] of [
    [".gz", gunzipSync],
    [".br", brotliDecompressSync],
  ]) {
    const packed = entries.filter((entry) => entry.endsWith(ending));
    assert.ok(packed.length >= 4);
    for (const name of packed) {
      const plain = await readFile(path.join(BUILT, name.slice(0, -3)));
      assert.deepEqual(unpacked(await readFile(path.join(BUILT, name))), plain, name);
    }
  }
});

test("the manifests name pictures that are there, in the sizes they say", async () => {
  for (const lang of ["en", "ru"]) {
    const manifest = JSON.parse(await readFile(path.join(BUILT, `manifest.${lang}.webmanifest`), "utf8"));
    assert.deepEqual([manifest.id, manifest.start_url, manifest.display, manifest.lang], ["/app/", "/app/", "standalone", lang]);
    for (const { src, sizes, type } of manifest.icons) {
      const octets = await readFile(path.join(BUILT, src.replace(/^\/app\//, "")));
      if (type !== "image/png") continue;
      assert.equal(`${octets.readUInt32BE(16)}x${octets.readUInt32BE(20)}`, sizes, src);
    }
  }
});
