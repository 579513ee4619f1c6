// The site's list of pages is that of the project.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sections } from "../site/sections.js";
import { root } from "./support/examples.js";

test("every page stands in the site's list once, and none that is not there", () => {
  const listed = sections.flatMap(({ pages }) => pages.map(([, path]) => path));
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path));
  expect(pages.filter((path) => !listed.includes(path))).toEqual([]);
});
