import { describe, expect, it, test } from "vitest";
import { classify, targetInputs } from "../../test/support/questions.js";
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
import { type CompileTrainingOptions, compileTraining } from "./objective.js";

const BATCH = 10;

const net = (layer: Layer): Model => ({
  name: "net",
  source: "this suite",
  input: [3, 8, 8],
  outputs: 4,
  layer,
});

/** A net of which every image's loss is its own affair. */
const plain = (rate = 0) =>
  net(sequential(conv2d(8, 3), relu(), dropout(rate), flatten(), linear(4)));

const normalised = () => net(sequential(conv2d(8, 3), batchNorm(), relu(), flatten(), linear(4)));

const images = new Random({ seed: 3, purpose: "init" });
const batch = {
  images: Float32Array.from({ length: BATCH * 3 * 8 * 8 }, () => images.uniform() - 0.5),
  targets: targetInputs(
    Float32Array.from({ length: BATCH * 4 }, (_, at) => (at % 5 === 0 ? 1 : 0)),
    4,
  ),
};

/** Loss, tallies and gradient of a new net on the first images of the batch. */
async function evaluate(
  model: Model,
  { batch: size = BATCH, ...options }: Partial<CompileTrainingOptions>,
  engine = "auto",
  step = 2,
) {
  const own = await createEngine({ engine, threads: 1 });
  const training = await compileTraining(own, classify(model), { batch: size, ...options });
  const [w, grad] = [own.vector(training.layout.length), own.vector(training.layout.trainable)];
  await w.write(initialise(training, 1));
  await grad.write(new Float32Array(grad.length).fill(Number.NaN));
  const objective = training.objective({ seed: 1 });
  const share = (all: Float32Array) => all.subarray(0, (all.length / BATCH) * size);
  const examples = {
    images: share(batch.images),
    targets: Object.fromEntries(
      Object.entries(batch.targets).map(([name, values]) => [name, share(values)]),
    ),
  };
  const first = await objective.evaluate(w, examples, { grad }, { epoch: 0, step });
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
      expect(parts.tallies).toEqual(whole.tallies);
      const largest = Math.max(...whole.gradient.map(Math.abs));
      for (const [at, value] of whole.gradient.entries()) {
        expect(Math.abs(parts.gradient[at] - value)).toBeLessThan(1e-5 * largest);
      }
    },
  );
});

it("draws other random numbers in each micro-batch", async () => {
  // Both halves alike: with the same random numbers they would have the same loss.
  for (const all of [batch.images, ...Object.values(batch.targets)]) {
    all.copyWithin(all.length / 2, 0, all.length / 2);
  }
  const { loss } = await evaluate(plain(0.5), { accumulate: 2 });
  const halves = [4, 5].map((step) => evaluate(plain(0.5), { batch: BATCH / 2 }, "auto", step));
  const [one, other] = (await Promise.all(halves)).map((half) => half.loss);
  expect(one).not.toBeCloseTo(other, 3);
  expect(loss).toBeCloseTo((one + other) / 2, 5);
});

it("takes less memory", async () => {
  const whole = await evaluate(plain(), {});
  const parts = await evaluate(plain(), { accumulate: 5 });
  expect(parts.memory.activationBytes).toBeLessThan(whole.memory.activationBytes);
});
