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
