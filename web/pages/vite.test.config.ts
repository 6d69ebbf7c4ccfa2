import { defineConfig } from "vite";

// The parts without a browser, for `node --test`.
export default defineConfig({
  build: {
    outDir: "../node_modules/.tests/pages",
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    lib: { entry: { card: "src/card.ts", clock: "src/clock.ts", values: "src/values.ts" }, formats: ["es"] },
  },
});
