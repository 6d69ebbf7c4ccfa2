import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vite";

/** Folders whose modules need no page. */
const FOLDERS = ["src/core", "src/i18n"];

/** And of the views. */
const SINGLE = ["src/app/problems.ts", "src/app/program.ts", "src/app/own-name.ts"];

const inFolders = FOLDERS.filter((folder) => existsSync(path.join(import.meta.dirname, folder))).flatMap((folder) =>
  readdirSync(path.join(import.meta.dirname, folder))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => path.join(folder, file)),
);
const modules = [...inFolders, ...SINGLE];

// The parts without a page, every module for itself: for `node --test`, and for a browser that tests the core.
export default defineConfig({
  build: {
    outDir: "../node_modules/.tests/phone",
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    lib: {
      entry: Object.fromEntries(modules.map((file) => [path.basename(file, ".ts"), file])),
      formats: ["es"],
    },
  },
});
