// RMTR in runs: what its steps promise on all data, a pause, and what it refuses.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import { createModel, type ModelInput } from "../models/index.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainOptions } from "../runs/train.js";
import type { StepDone, TrainEvent } from "./events.js";

/** The images of these runs are smaller than the convolutional nets take. */
const dense = (blocks: number) => (input: ModelInput) =>
  createModel(`odenet-dense${blocks}`, input);
const model = dense(8);

const own = { augment: "", lr: undefined, engine: "auto" } as const;
const small = { ...own, optimizer: "rmtr", hyper: { sample: 20, start: 2 }, batch: 10 };

const stepsOf = (events: readonly TrainEvent[]) =>
  events.filter((event): event is StepDone => event.type === "step");

describe.each([
  ["rmtr", 3],
  ["rmtr", 2],
  ["tr-lsr1", undefined],
] as const)("%s, %s levels", (optimizer, levels) => {
  test.each([1, 2, 3, 4, 5])(
    "a step on all data never makes the objective larger (seed %i)",
    async (seed) => {
      // One batch holds all images: its loss before each step is the objective.
      const hyper = { sample: 200, ...(levels && { start: 0 }) };
      const settings = { ...own, optimizer, levels, hyper, seed, batch: 108, epochs: 15 };
      const { events } = await trainTiny({ ...settings, decay: 0 }, { model });
      const losses = stepsOf(events).map(({ loss }) => loss);
      expect(losses).toHaveLength(15);
      for (const [at, loss] of losses.slice(1).entries()) {
        expect(loss).toBeLessThanOrEqual(losses[at] * (1 + 1e-6));
      }
      expect(losses[14]).toBeLessThan(0.9 * losses[0]);
    },
  );
});

test("samples never shrink, and what a step costs is told", async () => {
  const { events, summary } = await trainTiny({ ...small, epochs: 6 }, { model });
  const steps = stepsOf(events);
  const samples = steps.map(({ details }) => details!.sample);
  for (const [at, sample] of samples.slice(1).entries()) {
    expect(sample).toBeGreaterThanOrEqual(samples[at]);
  }
  expect(steps.map(({ details }) => details!.level).slice(-1)).toEqual([3]);
  const spent = steps.reduce((sum, { gradients }) => sum + gradients, 0);
  expect(summary.gradients).toBeCloseTo(spent / 10, 9);
  const [last] = events.filter((event) => event.type === "epochEnd").slice(-1);
  expect(last).toMatchObject({ gradients: summary.gradients });
});

test("ends when the work that it may do is done", async () => {
  const { summary, events } = await trainTiny({ ...small, epochs: 90, gradients: 6 }, { model });
  expect(events.at(-1)).toMatchObject({ type: "runEnd", reason: "gradients" });
  expect(summary.gradients).toBeGreaterThanOrEqual(6);
  expect(summary.gradients).toBeLessThan(12);
});

const interruptAt = (epoch: number, step: number): TrainOptions => {
  const controller = new AbortController();
  const listeners = [
    (event: TrainEvent) => {
      if (event.type === "step" && event.epoch === epoch && event.step === step) controller.abort();
    },
  ];
  return { signal: controller.signal, listeners };
};

test.each([
  ["on a coarse level, in the middle of a sample", 1, 3],
  ["on the finest level, in the middle of a sample", 3, 5],
  ["behind a cycle", 4, 2],
])("resumes bit for bit %s", async (_, epoch, step) => {
  const folder = temporaryFolder();
  const settings = { ...small, epochs: 5 };
  await trainTiny({ ...settings, out: join(folder, "whole") }, { model });
  const out = join(folder, "parted");
  await trainTiny({ ...settings, out }, { model, ...interruptAt(epoch, step) });
  const { events } = await trainTiny({ out }, { model, resume: true });
  expect(events[0]).toMatchObject({ type: "runStart", resumed: { epoch } });
  for (const file of [runFiles.last, runFiles.best]) {
    const [found, expected] = ["parted", "whole"].map((run) =>
      readFileSync(join(folder, run, file)),
    );
    expect(found.equals(expected), file).toBe(true);
  }
});

describe("refuses", () => {
  test.each([
    [
      "levels that do not divide the depth",
      { levels: 5 },
      { model },
      "5 levels need a depth that 16 divides (16, 32, 48, ...), model odenet-dense8 has 8 blocks a stage",
    ],
    [
      "a net that normalises by the batch",
      { levels: 1 },
      { model: tinyModel },
      "model tiny normalises by the batch",
    ],
    [
      "a net without levels",
      { levels: 2 },
      { model: (input: ModelInput) => createModel("lenet5", { ...input, height: 16, width: 16 }) },
      "model lenet5 has no coarser levels",
    ],
    ["a rate", { lr: 0.1 }, { model }, "rmtr finds the lengths of its steps itself; leave lr out"],
    ["a swarm", { swarm: "gossip" }, { model }, "rmtr cannot train a net that others move"],
    [
      "a swarm with rates of its own",
      { swarm: "pso", batch: undefined },
      { model },
      "rmtr cannot train a net that others move",
    ],
    ["a sample of nothing", { hyper: { sample: 0 } }, { model }, "sample is 0"],
    [
      "levels with an optimizer that has none",
      { optimizer: "adam", hyper: {}, levels: 2 },
      { model },
      "setting levels is 2: adam has no levels; optimizer rmtr has",
    ],
  ])("%s", async (_, settings, options, message) => {
    await expect(trainTiny({ ...small, ...settings }, options)).rejects.toThrow(message);
  });
});
