// The sources are built as ARCHITECTURE.md says. The order of its table of rooms is the order that counts here.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./support/examples.js";
import { circlesOf, type Import, importsOf } from "./support/imports.js";

/** The rooms from the top down: the paths in the first cell of each row. */
function roomsOf(page: string): string[][] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const rows = lines.slice(lines.indexOf("| room | holds |") + 2);
  const table = rows.slice(0, rows.indexOf(""));
  return table.map((row) => [...row.split("|")[1].matchAll(/`([^`]+)`/g)].map(([, path]) => path));
}

const rooms = roomsOf("ARCHITECTURE.md");
const floorOf = (file: string) =>
  rooms.findIndex((paths) =>
    paths.some((path) => (path.endsWith("/") ? file.startsWith(path) : file === path)),
  );

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((name) => ending.test(name))
    .sort();
}

const sources = filesIn("src", /(?<!\.test)\.ts$/);
const imports = sources.flatMap(importsOf);

/** Operations that are each other's gradients. */
const GRADIENTS = [
  "src/graph/ops/pointwise.ts",
  "src/graph/ops/reduce.ts",
  "src/graph/ops/shape.ts",
  "src/graph/pointwise.ts",
];

test("every source lies in a room, and every room is there", () => {
  expect(sources.filter((file) => floorOf(file) < 0)).toEqual([]);
  const found = new Set(sources.map(floorOf));
  expect(rooms.filter((_, floor) => !found.has(floor))).toEqual([]);
  expect(imports.filter(({ to }) => !sources.includes(to))).toEqual([]);
});

test("imports point downwards, those of types too", () => {
  expect(imports.filter(({ from, to }) => floorOf(to) < floorOf(from))).toEqual([]);
});

test("no files import each other in a circle but by type, and gradients", () => {
  expect(circlesOf(imports.filter(({ byType }) => !byType))).toEqual([GRADIENTS]);
});

test("files have fewer than 400 lines", () => {
  const files = [
    ...["src", "studio", "test"].flatMap((folder) => filesIn(folder, /\.(tsx?|css|mjs)$/)),
    ...["bench", "bin", "examples", "scripts"].flatMap((folder) => filesIn(folder, /\.(mjs|py)$/)),
  ];
  const lines = (file: string) => readFileSync(join(root, file), "utf8").split("\n").length - 1;
  expect(files.filter((file) => lines(file) >= 400)).toEqual([]);
});

describe("circles", () => {
  const imported = (...pairs: string[]): Import[] =>
    pairs.map((pair) => ({ from: pair[0], to: pair[1], byType: false }));

  test("are found, each with all of its files, and what only leads to them is none", () => {
    expect(circlesOf(imported("ab", "bc", "cb", "cd", "de", "ec", "fa"))).toEqual([
      ["b", "c", "d", "e"],
    ]);
    expect(circlesOf(imported("ab", "ba", "cd", "dc", "ac"))).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(circlesOf(imported("ab", "ac", "bd", "cd"))).toEqual([]);
  });
});
