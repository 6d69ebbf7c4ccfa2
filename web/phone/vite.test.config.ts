import { defineConfig } from "vite";
import { globSync } from "node:fs";
import path from "node:path";

// The core without a page, for `node --test` and for the browser's own tests: every module for itself.
const modules = ["src/core/*.ts"].flatMap((pattern) => globSync(pattern, { cwd: import.meta.dirname }));

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
