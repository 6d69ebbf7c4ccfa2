import { defineConfig } from "vite";
import { packed } from "./build/packed.mjs";
import { serviceWorker } from "./build/worker.mjs";

// The phone app, served by the server under /app/. Its files carry the hash of their content, but for the page, the
// service worker, the manifests and the icons, whose addresses must stay.
export default defineConfig({
  base: "/app/",
  build: {
    outDir: "../dist/phone",
    emptyOutDir: true,
    target: "es2022",
    // The polyfill would be a script for browsers that cannot run the app anyway.
    modulePreload: { polyfill: false },
    sourcemap: false,
    // An inlined picture in a stylesheet would be another source for the policy to allow.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  plugins: [serviceWorker("src/sw.ts"), packed()],
});
