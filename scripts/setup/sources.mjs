// TypeScript to JavaScript: `tsc` writes dist/, and `vite` the page of the studio in it, when a source has changed.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { action, root, run } from "./report.mjs";
import { filesIn, whenChanged } from "./stamps.mjs";

const dist = join(root, "dist");
const studio = join(root, "studio");

function compile() {
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const page = [process.execPath, vite, "build", "studio", "--logLevel", "warn"];
  run("sources", [
    [process.execPath, tsc, "-p", "tsconfig.build.json"],
    ...(existsSync(studio) ? [page] : []),
  ]);
}

/** Compiles `src/` and `studio/` to `dist/` unless that was done from the same sources. */
export function compileSources(stamps) {
  const sources = join(root, "src");
  if (!existsSync(sources)) return;
  const files = [
    ...filesIn(sources, (name) => name.endsWith(".ts") && !name.endsWith(".test.ts")),
    ...(existsSync(studio) ? filesIn(studio, (name) => !name.includes(".test.")) : []),
    join(root, "tsconfig.json"),
    join(root, "tsconfig.build.json"),
  ];
  whenChanged(stamps, "sources", { product: dist, files, context: "dist" }, () =>
    action("compiling TypeScript (tsc, vite)", compile),
  );
}
