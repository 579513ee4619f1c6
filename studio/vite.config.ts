import { defineConfig } from "vite";

// The page of the studio, to be served by `src/studio`: its policy allows no code and no images within the markup.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../dist/studio/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    // What is packed into the page keeps its licences beside it.
    license: { fileName: "licences.md" },
    target: "es2022",
  },
});
