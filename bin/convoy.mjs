#!/usr/bin/env node
// The command `convoy`. All it does lies in src/cli/; this file finds the compiled form.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const compiled = new URL("../dist/cli/main.js", import.meta.url);

// One line a warning, without Node's decoration.
process.removeAllListeners("warning").on("warning", ({ message }) => {
  console.error(`convoy: warning: ${message}`);
});

if (existsSync(compiled)) {
  const { main } = await import(compiled.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const setup = fileURLToPath(new URL("../scripts/setup.mjs", import.meta.url));
  console.error(`convoy: dist/ is not built; type: node ${setup}`);
  process.exitCode = 2;
}
