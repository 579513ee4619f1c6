// A run that multiplies bf16 is resumed bit for bit.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { runFiles } from "./runFiles.js";

test("a resumed run in bf16 is the one that was never interrupted, also when it asks for auto", async () => {
  const folder = temporaryFolder();
  const [whole, parted, f32] = ["whole", "parted", "f32"].map((name) => join(folder, name));
  const weights = (run: string) => readFileSync(join(run, runFiles.last));
  await trainTiny({ out: whole, precision: "bf16" });
  await trainTiny({ out: parted, precision: "bf16", steps: 14 });
  await trainTiny({ out: parted, precision: "auto", steps: 1000 }, { resume: true });
  expect(weights(parted).equals(weights(whole))).toBe(true);
  await trainTiny({ out: f32 });
  expect(weights(f32).equals(weights(whole))).toBe(false);
});
