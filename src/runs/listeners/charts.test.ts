import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCsv } from "../../text/csv.js";
import type { RunEnd } from "../../train/events.js";
import { RunFolder } from "../runFolder.js";
import { charts } from "./charts.js";

test("the confusion matrix is a table, whatever its classes are called, and no name is a formula", async () => {
  const path = mkdtempSync(join(tmpdir(), "convoy-charts-"));
  const folder = await RunFolder.create(join(path, "run"));
  const counts = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 1, 1);
  const classes = ['=HYPERLINK("http://a.example")', "-1", "cat, tabby"];
  const evaluation: Partial<RunEnd["evaluation"]> = { set: "test", confusion: { classes, counts } };
  await charts(folder)({ type: "runEnd", evaluation } as RunEnd);
  const text = readFileSync(folder.file("confusionTable"), "utf8");
  expect(parseCsv(text, "x").map(({ cells }) => cells)).toEqual([
    ["true class", '\'=HYPERLINK("http://a.example")', "'-1", "cat, tabby"],
    ['\'=HYPERLINK("http://a.example")', "1", "0", "0"],
    ["'-1", "0", "1", "0"],
    ["cat, tabby", "0", "1", "1"],
  ]);
  folder.close();
  rmSync(path, { recursive: true });
});

test("answers of yes or no have curves: of all tags together, and of each where they are few", async () => {
  const answers = (name: string) => ({ name, scores: [2, 1, 0], truths: [1, 0, 1] });
  const namesIn = async (names: readonly string[]) => {
    const path = mkdtempSync(join(tmpdir(), "convoy-charts-"));
    const folder = await RunFolder.create(join(path, "run"));
    const evaluation = { set: "test", ranked: names.map(answers) };
    await charts(folder)({ type: "runEnd", evaluation } as unknown as RunEnd);
    const svg = readFileSync(folder.file("precisionRecall"), "utf8");
    folder.close();
    rmSync(path, { recursive: true });
    return ["all", ...names].filter((name) => svg.includes(`>${name}</text>`));
  };
  expect(await namesIn(["sick"])).toEqual(["sick"]);
  expect(await namesIn(["a", "b"])).toEqual(["all", "a", "b"]);
  expect(await namesIn(["a", "b", "c", "d", "e"])).toEqual(["all"]);
});
