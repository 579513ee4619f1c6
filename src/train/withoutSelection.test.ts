// Trainings of all images, of which the last epoch counts.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripes, temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import { runFiles } from "../runs/index.js";
import { prepare } from "./prepare.js";

test("with selection 0 all images are learned from, and the last epoch counts", async () => {
  const out = join(temporaryFolder(), "run");
  const { summary, events } = await trainTiny({ selection: 0, epochs: 6, lr: 0.5, out });
  expect(events.find(({ type }) => type === "runStart")).toMatchObject({
    images: { train: 120, selection: 12 },
  });
  const losses = events.flatMap((event) => (event.type === "epochEnd" ? event.selectionLoss : []));
  // By its score another epoch would have been chosen.
  expect(losses.indexOf(Math.min(...losses))).toBeLessThan(5);
  expect(summary.best!.epoch).toBe(6);
  const [best, last] = [runFiles.best, runFiles.last].map((name) => readFileSync(join(out, name)));
  expect(best.equals(last)).toBe(true);
  expect(
    events.some((event) => event.type === "warning" && event.message.includes("selection 0")),
  ).toBe(true);
});

test.each([
  [{ patience: 2 }, "setting patience is 2: it looks at images that are not learned from"],
  [{ swarm: "pso" }, "setting swarm is pso: it looks at images that are not learned from"],
])("%o has nothing to look at", async (given, message) => {
  const own = { data: { train: stripes(60, 1) }, model: tinyModel };
  const settings = { data: "stripes", selection: 0, ...given };
  await expect(prepare(settings, own)).rejects.toThrow(message);
});
