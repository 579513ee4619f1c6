import { defineConfig } from "vite";

// The page of the studio, to be served by `src/studio`: its policy allows no code and no images within the markup.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../dist/studio/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
  },
});
