import { defineConfig } from "vite";
import { packed } from "./build/packed.mjs";

// The standalone authenticator, served by the server under /legacy-app/.
export default defineConfig({
  root: "standalone",
  base: "/legacy-app/",
  publicDir: false,
  build: {
    outDir: "../../dist/standalone",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    sourcemap: false,
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  plugins: [packed()],
});
