// A loss that is scaled in the backward pass, and a gradient from which the scale is taken out again, is the
// plain gradient: to the bit for powers of two, as long as nothing leaves the range of the format.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { classify, targetInputs } from "../../test/support/questions.js";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { createEngine } from "../engine/index.js";
import { createModel, type Model, type ModelInput } from "../models/index.js";
import { conv2d, flatten, initialise, linear, relu, sequential } from "../nn/index.js";
import { runFiles } from "../runs/runFiles.js";
import { Random } from "../tensor/philox.js";
import type { TrainSettings } from "./config.js";
import { type CompileTrainingOptions, compileTraining } from "./objective.js";

const BATCH = 4;

const random = new Random({ seed: 3, purpose: "init" });
const batch = {
  images: Float32Array.from({ length: BATCH * 3072 }, () => random.normal()),
  targets: targetInputs(
    Float32Array.from({ length: BATCH * 10 }, (_, at) => (at % 11 === 0 ? 1 : 0)),
    10,
  ),
  indices: Int32Array.from({ length: BATCH }, (_, at) => at),
  size: BATCH,
};

/** Loss and gradient of a new net on one batch. */
async function evaluate(name: string, engine: string, options: Partial<CompileTrainingOptions>) {
  const own = await createEngine({ engine, threads: 1 });
  const model = createModel(name, { channels: 3, height: 32, width: 32, outputs: 10 });
  const training = await compileTraining(own, classify(model), { batch: BATCH, ...options });
  const [w, grad] = [own.vector(training.layout.length), own.vector(training.layout.trainable)];
  await w.write(initialise(training, 1));
  const objective = training.objective({ seed: 1 });
  const { loss } = await objective.evaluate(w, batch, { grad }, { epoch: 0, step: 0 });
  const gradient = await grad.read();
  await own.close();
  return { loss, gradient };
}

const bits = (values: Float32Array): Buffer => Buffer.from(values.slice().buffer);

describe.each([
  ["lenet5", "reference", {}],
  ["lenet5", "auto", {}],
  ["resnet20", "auto", {}],
  ["vgg11", "auto", { accumulate: 2 }],
  ["resnet20", "auto", { keep: "bf16" }],
] as const)("%s on %s with %j", (name, engine, options) => {
  it("has the same gradient to the bit under a power of two", async () => {
    const plain = await evaluate(name, engine, options);
    for (const exponent of [-6, 1, 16]) {
      const scaled = await evaluate(name, engine, { ...options, lossScale: 2 ** exponent });
      expect(scaled.loss).toBe(plain.loss);
      expect(bits(scaled.gradient).equals(bits(plain.gradient)), `2^${exponent}`).toBe(true);
    }
  });
});

it("is plain up to rounding under any other factor", async () => {
  const plain = await evaluate("lenet5", "auto", {});
  const scaled = await evaluate("lenet5", "auto", { lossScale: 1000 });
  const largest = Math.max(...plain.gradient.map(Math.abs));
  expect(bits(scaled.gradient).equals(bits(plain.gradient))).toBe(false);
  for (const [at, value] of plain.gradient.entries()) {
    expect(Math.abs(scaled.gradient[at] - value)).toBeLessThan(1e-5 * largest);
  }
});

test.each<Partial<TrainSettings>>([
  {},
  { optimizer: "sam(adam)", lr: 0.01 },
  { keep: "comet", comet: { share: 1, eta: 0.2 } },
  { keep: "comet", comet: { share: 1, eta: 0.2, mode: "paper" } },
  { keep: "comet", comet: { share: 1, eta: 0.2 }, optimizer: "sgd" },
])("a run with %j ends with the same weights", async (settings) => {
  const folder = temporaryFolder();
  const model = ({ channels, height, width, outputs }: ModelInput): Model => ({
    name: "two",
    source: "this suite",
    input: [channels, height, width],
    outputs,
    layer: sequential(
      ...[conv2d(4, 3), relu(), conv2d(4, 3, { padding: 1 }), relu()],
      ...[flatten(), linear(outputs)],
    ),
  });
  const weights = await Promise.all(
    [1, 1024].map(async (lossScale) => {
      const out = join(folder, `${lossScale}`);
      await trainTiny({ out, lossScale, ...settings }, { model });
      return readFileSync(join(out, runFiles.best));
    }),
  );
  expect(weights[1].equals(weights[0])).toBe(true);
});

it("is refused when it is no positive number", async () => {
  const out = join(temporaryFolder(), "run");
  await expect(trainTiny({ out, lossScale: 0 })).rejects.toThrow("setting lossScale is 0");
});
