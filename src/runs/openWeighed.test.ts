import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shapesOf } from "../../test/support/foreignFile.js";
import { formulaTensor } from "../../test/support/formulaWeights.js";
import { costOf } from "../cost/index.js";
import { nameMaps } from "../models/index.js";
import { writeSafetensors } from "../tensor/safetensors.js";
import { openWeighed } from "./openWeighed.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-weighed-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file of another program is laid out as the model that its names tell, all its numbers in place", async () => {
  const map = nameMaps.find(({ name }) => name === "shufflenetv2-0.5")!;
  const file = join(folder, "theirs.safetensors");
  const tensors = shapesOf(map, 5).map(
    ([name, shape]) => [name, formulaTensor(name, shape)] as const,
  );
  writeFileSync(file, writeSafetensors(tensors));
  const { model, w } = await openWeighed(file);
  expect(model).toMatchObject({ name: "shufflenetv2-0.5", outputs: 5 });
  const { totals } = costOf(model, {
    w,
    machine: { name: "roofline", macsPerSecond: 1, bytesPerSecond: 1 },
  });
  const zeros = w.subarray(0, totals.params).filter((number) => number === 0).length;
  expect(totals.nonZeros).toBe(totals.params - zeros);
  expect(totals.nonZeros).toBeGreaterThan(0.9 * totals.params);
});

test("what is not there is told", async () => {
  await expect(openWeighed(join(folder, "none"))).rejects.toThrow("there is no such file");
});
