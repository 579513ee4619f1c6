// FEATURES.md is the honest table: every primitive has a row, and its marks are what the code says.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ops } from "../../src/graph/index.js";

const page = readFileSync(new URL("../../FEATURES.md", import.meta.url), "utf8");
const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|$/gm)].map(
    ([, name, ...marks]) => [name, marks] as const,
  ),
);

it("knows every primitive by its own name", () => {
  expect(Object.values(ops).map(({ name }) => name)).toEqual(Object.keys(ops));
});

it("has a row for every primitive and no other", () => {
  expect([...rows.keys()].sort()).toEqual(Object.keys(ops).sort());
});

it.each(Object.entries(ops))("marks the gradient of %s", (name, op) => {
  expect(rows.get(name)?.[0]).toBe(op.gradient ? "yes" : "none");
});
