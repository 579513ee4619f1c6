import { describe, expect, it, test } from "vitest";
import { createEngine } from "../engine/index.js";
import type { Model } from "../models/index.js";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  initialise,
  type Layer,
  linear,
  relu,
  sequential,
} from "../nn/index.js";
import { Random } from "../tensor/philox.js";
import { microBatches } from "./accumulation.js";
import {
  type CompileTrainingOptions,
  classificationObjective,
  compileTraining,
} from "./objective.js";

const BATCH = 10;

const net = (layer: Layer): Model => ({
  name: "net",
  source: "this suite",
  input: [3, 8, 8],
  classes: 4,
  layer,
});

/** A net of which every image's loss is its own affair. */
const plain = (rate = 0) =>
  net(sequential(conv2d(8, 3), relu(), dropout(rate), flatten(), linear(4)));

const normalised = () => net(sequential(conv2d(8, 3), batchNorm(), relu(), flatten(), linear(4)));

const images = new Random({ seed: 3, purpose: "init" });
const batch = {
  images: Float32Array.from({ length: BATCH * 3 * 8 * 8 }, () => images.uniform() - 0.5),
  targets: Float32Array.from({ length: BATCH * 4 }, (_, at) => (at % 5 === 0 ? 1 : 0)),
  labels: new Int32Array(BATCH),
  size: BATCH,
};

async function evaluate(model: Model, options: Partial<CompileTrainingOptions>, engine = "auto") {
  const own = await createEngine({ engine, threads: 1 });
  const training = await compileTraining(own, model, { batch: BATCH, ...options });
  const [w, grad] = [own.vector(training.layout.length), own.vector(training.layout.trainable)];
  await w.write(initialise(training, 1));
  await grad.write(new Float32Array(grad.length).fill(Number.NaN));
  const objective = classificationObjective(training, { seed: 1 });
  const moment = { epoch: 0, step: 2 };
  const first = await objective.evaluate(w, batch, { grad }, moment);
  const gradient = await grad.read();
  await own.close();
  return { ...first, gradient, memory: training.memory };
}

test.each([
  [64, 1, [64]],
  [64, 4, [16, 16, 16, 16]],
  [64, 3, [22, 22, 20]],
  [10, 4, [3, 3, 3, 1]],
  [10, 6, [2, 2, 2, 2, 2]],
  [3, 3, [1, 1, 1]],
])("a batch of %d in %d parts", (size, count, sizes) => {
  const parts = microBatches(size, count);
  expect(parts.map(({ from, to }) => to - from)).toEqual(sizes);
  expect(parts.map(({ from }) => from)).toEqual([0, ...parts.slice(0, -1).map(({ to }) => to)]);
});

test.each([0, 11, 2.5])("%d micro-batches of 10 images are refused", (count) => {
  expect(() => microBatches(10, count)).toThrow(`accumulate is ${count}; expected 1 to 10`);
});

describe.each(["auto", "reference"])("accumulation on %s", (engine) => {
  it.each([
    ["2 micro-batches", plain(), { accumulate: 2 }],
    ["4 micro-batches", plain(), { accumulate: 4 }],
    ["10 micro-batches", plain(), { accumulate: 10 }],
    ["batch norm by ghosts as large as micro-batches", normalised(), { accumulate: 5, ghost: 2 }],
  ] as [string, Model, Partial<CompileTrainingOptions>][])(
    "of %s is the large batch up to rounding",
    async (_, model, { accumulate, ghost }) => {
      const whole = await evaluate(model, { ghost }, engine);
      const parts = await evaluate(model, { accumulate, ghost }, engine);
      expect(parts.loss).toBeCloseTo(whole.loss, 5);
      expect(parts.logits.length).toBe(whole.logits.length);
      for (const [at, value] of whole.logits.entries())
        expect(parts.logits[at]).toBeCloseTo(value, 5);
      const largest = Math.max(...whole.gradient.map(Math.abs));
      for (const [at, value] of whole.gradient.entries()) {
        expect(Math.abs(parts.gradient[at] - value)).toBeLessThan(1e-5 * largest);
      }
    },
  );
});

it("draws other random numbers in each micro-batch", async () => {
  // All images alike: without dropout all rows of logits would be equal.
  batch.images.set(batch.images.subarray(0, 192), 192 * 5);
  const { logits } = await evaluate(plain(0.5), { accumulate: 2 });
  expect([...logits.subarray(0, 4)]).not.toEqual([...logits.subarray(20, 24)]);
});

it("takes less memory", async () => {
  const whole = await evaluate(plain(), {});
  const parts = await evaluate(plain(), { accumulate: 5 });
  expect(parts.memory.activationBytes).toBeLessThan(whole.memory.activationBytes);
});
