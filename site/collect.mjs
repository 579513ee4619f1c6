// Brings the pages of the project to where the site is made of them: what lies in node_modules beside this file is not found from elsewhere.

import { cpSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const pages = join(site, "pages");

rmSync(pages, { recursive: true, force: true });
for (const name of ["README", "FEATURES", "CHANGELOG", "ARCHITECTURE", "CONTRIBUTING"]) {
  cpSync(join(root, `${name}.md`), join(pages, `${name}.md`));
}
cpSync(join(root, "docs"), join(pages, "docs"), { recursive: true });
for (const folder of ["examples", "bench"]) {
  const found = readdirSync(join(root, folder), { recursive: true });
  for (const page of found.filter((path) => path.endsWith("README.md"))) {
    cpSync(join(root, folder, page), join(pages, folder, page));
  }
}
