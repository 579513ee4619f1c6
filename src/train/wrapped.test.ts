// Optimizers inside wrappers in a run: pauses leave no trace, averages are what is evaluated, and SAM's second
// gradient is where it should be.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import { Loader, parseAugmentations } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import { initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { runFiles } from "../runs/runFiles.js";
import { targetsOf } from "../tasks/index.js";
import { fitState, openState } from "./checkpoint.js";
import type { TrainSettings } from "./config.js";
import type { TrainEvent } from "./events.js";
import { compileTraining } from "./objective.js";
import { prepare } from "./prepare.js";

const interruptAt = (epoch: number, step: number) => {
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === epoch && event.step === step) controller.abort();
  };
  return { signal: controller.signal, listeners: [listener] };
};

describe.each<Partial<TrainSettings>>([
  { optimizer: "sam(momentum)" },
  { optimizer: "lookahead(sam(lars))", hyper: { slowEvery: 3, trust: 0.02 } },
  { optimizer: "ema(adam)", lr: 0.01 },
  { optimizer: "swa(grow(nesterov))", schedule: "step", hyper: { swaStart: 0.3 } },
  { optimizer: "agc(sgd)", schedule: "plateau", lr: 0.2, epochs: 6 },
])("%j", (settings) => {
  test("resumes bit for bit, and learns", async () => {
    const folder = temporaryFolder();
    const { events } = await trainTiny({ out: join(folder, "whole"), ...settings });
    await trainTiny({ out: join(folder, "parted"), ...settings }, interruptAt(2, 4));
    await trainTiny({ out: join(folder, "parted") }, { resume: true });
    for (const file of [runFiles.last, runFiles.best]) {
      const [a, b] = ["whole", "parted"].map((run) => readFileSync(join(folder, run, file)));
      expect(a.equals(b), file).toBe(true);
    }
    const losses = events.flatMap((event) => (event.type === "epochEnd" ? [event.trainLoss] : []));
    expect(losses.at(-1)).toBeLessThan(losses[0]);
  });
});

/** The tiny run's net, objective and batches, for loops of our own. */
async function openTiny() {
  const own = { data: stripeSplits(), model: tinyModel };
  const settings = { data: "stripes", batch: 10, engine: "reference", augment: "" } as const;
  const { config, question, net, splits } = await prepare(settings, own);
  const engine = await createEngine(config);
  const loader = new Loader(engine, splits.train, {
    ...config,
    intake: net,
    shuffle: true,
    augment: parseAugmentations(config.augment),
    targets: targetsOf(question.model, question.task, splits.train.labels, question.constants),
  });
  const training = await compileTraining(engine, question, config);
  const objective = training.objective(config);
  const w = engine.vector(training.layout.length);
  await w.write(initialise(training, config.seed));
  return { engine, loader, objective, training, layout: training.layout, w };
}

describe("SAM", () => {
  test("is a step with the gradient uphill, and batch statistics of the net alone", async () => {
    const out = join(temporaryFolder(), "run");
    const steps = { steps: 3, augment: "", schedule: "constant", decay: 0 };
    await trainTiny({ out, optimizer: "sam(momentum)", hyper: { rho: 0.3 }, ...steps });
    const { engine, loader, objective, layout, w } = await openTiny();
    const update = await compileUpdate(engine, getRule("momentum"), layout);
    const [grad, probe] = [engine.vector(layout.trainable), engine.vector(layout.length)];
    const state = update.init();
    for (let step = 0; step < 3; step++) {
      const batch = await loader.batch(0, step);
      await objective.evaluate(w, batch, { grad }, { epoch: 0, step });
      const [point, slope] = await Promise.all([w.read(), grad.read()]);
      const length = Math.hypot(...slope);
      await probe.write(point.map((x, at) => x + (0.3 * (slope[at] ?? 0)) / length));
      await objective.evaluate(probe, batch, { grad }, { epoch: 0, step });
      await update.step(w, grad, state, { lr: 0.05, step: step + 1 });
    }
    // The checkpoint: what is evaluated after so few steps has batch statistics of its own.
    const path = join(out, runFiles.state);
    const { weights } = fitState(openState(readFileSync(path), path), layout, {});
    for (const [at, x] of (await w.read()).entries()) expect(weights[at]).toBeCloseTo(x, 5);
  });

  test("at distance 0 is its base, bit for bit", async () => {
    const folder = temporaryFolder();
    const bytes = async (name: string, optimizer: string, hyper = {}) => {
      await trainTiny({ out: join(folder, name), optimizer, hyper });
      return readFileSync(join(folder, name, runFiles.last));
    };
    const base = await bytes("base", "nesterov");
    expect((await bytes("sam", "sam(nesterov)", { rho: 0 })).equals(base)).toBe(true);
    expect((await bytes("far", "sam(nesterov)")).equals(base)).toBe(false);
  });
});

test("an average changes what is evaluated, not how the net trains", async () => {
  const folder = temporaryFolder();
  const train = async (name: string, optimizer: string) => {
    // So many steps an epoch that batch statistics are those of the steps.
    const { summary } = await trainTiny({ out: join(folder, name), optimizer, batch: 2 });
    const read = (file: string) => readFileSync(join(folder, name, file));
    return { summary, last: read(runFiles.last), best: read(runFiles.best) };
  };
  const [plain, average] = [await train("a", "nesterov"), await train("b", "ema(nesterov)")];
  expect(average.last.equals(plain.last)).toBe(true);
  expect(average.best.equals(plain.best)).toBe(false);
});

test("the learning rate grows with the batch when it is told to", async () => {
  const rateOf = async (settings: object) => {
    const { events } = await trainTiny({ steps: 1, schedule: "constant", batch: 20, ...settings });
    return events.flatMap((event) => (event.type === "step" ? [event.lr] : []))[0];
  };
  const out = temporaryFolder();
  expect(await rateOf({ out: join(out, "a") })).toBeCloseTo(0.05, 12);
  const scaled = { baseBatch: 5 };
  expect(await rateOf({ out: join(out, "b"), scale: "linear", ...scaled })).toBeCloseTo(0.2, 12);
  expect(await rateOf({ out: join(out, "c"), scale: "sqrt", ...scaled })).toBeCloseTo(0.1, 12);
});
