import { defineConfig } from "vite";

// Entries keep their names: pages name them with the hash of their content. Shared parts carry a hash of their own.
export default defineConfig({
  base: "/assets/",
  build: {
    outDir: "../dist/pages",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    sourcemap: false,
    assetsDir: "",
    rolldownOptions: {
      input: { pages: "src/pages.ts", "card-reader": "src/card-reader.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
