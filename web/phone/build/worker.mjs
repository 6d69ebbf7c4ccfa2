// Builds the service worker as one plain script, and tells it which files make up the app.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { build } from "vite";

/** What stands in the worker's source for the list. */
const PLACE = "self.__PRECACHE";

/** Files that are fetched only on another occasion than opening the app. */
const NOT_KEPT = /\.(map|gz|br)$/;

/** A Vite plugin: `source` becomes `sw.js`, with the list of the app's files and a version that is their hash. */
export function serviceWorker(source) {
  let config;
  return {
    name: "service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    // 'post': the page is in the bundle only then.
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const code = await bundled(path.resolve(config.root, source));
        const files = new Map();
        for (const [name, file] of Object.entries(bundle)) {
          if (!NOT_KEPT.test(name)) files.set(name, file.type === "chunk" ? file.code : file.source);
        }
        for (const [name, octets] of await beside(config.publicDir)) files.set(name, octets);
        this.emitFile({ type: "asset", fileName: "sw.js", source: filled(code, files, config.base) });
      },
    },
  };
}

async function bundled(source) {
  const [built] = [
    await build({
      configFile: false,
      logLevel: "warn",
      publicDir: false,
      build: {
        write: false,
        target: "es2022",
        lib: { entry: source, formats: ["iife"], name: "worker", fileName: () => "sw.js" },
      },
    }),
  ].flat();
  return built.output[0].code;
}

async function beside(folder) {
  if (!folder || !existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file)]));
}

function filled(code, files, base) {
  if (!code.includes(PLACE)) throw new Error(`the service worker does not read ${PLACE}`);
  const names = [...files.keys()].sort();
  const hash = createHash("sha256").update(code);
  for (const name of names) hash.update(name).update("\0").update(files.get(name));
  const list = {
    version: hash.digest("hex").slice(0, 16),
    files: names.map((name) => (name === "index.html" ? base : `${base}${name}`)),
  };
  return code.replace(PLACE, () => JSON.stringify(list));
}
