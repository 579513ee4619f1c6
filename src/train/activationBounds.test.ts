// The law of the error that compressed activations make in weight gradients, and the bounds chosen by it.

import { describe, expect, it, test } from "vitest";
import { classify, targetInputs } from "../../test/support/questions.js";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { createEngine } from "../engine/index.js";
import { loadAddon } from "../engine/native/index.js";
import {
  compress,
  conv2dWeightGrad,
  convGeometry,
  Graph,
  input,
  restore,
  sub,
  type Value,
} from "../graph/index.js";
import { BOUNDS } from "../graph/passes/compressSaved.js";
import { createModel, type Model, type ModelInput } from "../models/index.js";
import { conv2d, flatten, initialise, linear, relu, sequential } from "../nn/index.js";
import { Random } from "../tensor/philox.js";
import { type CometConfig, cometSettings, refreshDue, refreshEvery } from "./activationBounds.js";
import { compileTraining } from "./objective.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

const BATCH = 32;
const model = createModel("convnet6", { channels: 3, height: 32, width: 32, outputs: 10 });

/** One batch of noise, and the gradient of fixed weights on it under any bound; 0 for none. */
async function openNet(keep: "f32" | "comet", comet: CometConfig = { share: 1 }) {
  const engine = await createEngine({ engine: "native", threads: 1 });
  const saving = keep === "comet" ? { keep, comet } : { keep };
  const training = await compileTraining(engine, classify(model), { batch: BATCH, ...saving });
  const compression = training.compression?.();
  const objective = training.objective({ seed: 1, compression });
  const { layout } = training;
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  await w.write(initialise(training, 1));
  const random = new Random({ seed: 3, purpose: "augment" });
  const batch = {
    size: BATCH,
    images: Float32Array.from({ length: BATCH * 3072 }, () => random.normal()),
    // Image i is of class i % 10.
    targets: targetInputs(
      Float32Array.from({ length: BATCH * 10 }, (_, at) =>
        Number(Math.floor(at / 10) % 10 === at % 10),
      ),
      10,
    ),
    indices: Int32Array.from({ length: BATCH }, (_, at) => at),
  };
  return {
    engine,
    layout,
    compression: compression!,
    async gradient() {
      await objective.evaluate(w, batch, { grad }, { epoch: 0, step: 0 });
      return grad.read();
    },
  };
}

const momentOf = (values: readonly number[], power: number): number =>
  values.reduce((sum, value) => sum + value ** power, 0) / values.length;

describe.skipIf(!built())("the error of a weight gradient", () => {
  it("has the std that was predicted, and grows with the bound", async () => {
    const plain = await openNet("f32");
    const exact = await plain.gradient();
    await plain.engine.close();
    const net = await openNet("comet");
    const bounds = [0.005, 0.01, 0.02, 0.04, 0.08];
    const measured = new Map<string, number[]>();
    for (const bound of bounds) {
      await net.compression.bound[BOUNDS].write(new Float32Array(5).fill(bound));
      const gradient = await net.gradient();
      const layers = await net.compression.layers();
      expect(layers).toHaveLength(5);
      for (const { layer, sigma, bound: held } of layers) {
        expect(held).toBe(Math.fround(bound));
        const { offset, shape } = net.layout.params.find(({ name }) => name === `${layer}.weight`)!;
        const end = offset + shape.reduce((product, size) => product * size, 1);
        const errors = [...gradient.subarray(offset, end)].map(
          (value, at) => value - exact[offset + at],
        );
        const found = Math.sqrt(momentOf(errors, 2));
        expect(found / sigma, `${layer} at ${bound}`).toBeGreaterThan(0.9);
        expect(found / sigma, `${layer} at ${bound}`).toBeLessThan(1.1);
        measured.set(layer, [...(measured.get(layer) ?? []), found]);
      }
    }
    for (const [layer, sigmas] of measured) {
      const slope = Math.log(sigmas[4] / sigmas[0]) / Math.log(bounds[4] / bounds[0]);
      expect(Math.abs(slope - 1), layer).toBeLessThan(0.05);
    }
    await net.engine.close();
  });

  it("is normal", async () => {
    const engine = await createEngine({ engine: "native", threads: 1 });
    const graph = new Graph();
    const x = input(graph, "x", [8, 32, 16, 16]);
    const dy = input(graph, "dy", [8, 32, 16, 16]);
    const [stored] = compress(x, input(graph, "bound", [1]), 8 * 32 * 256 * 4);
    const geometry = convGeometry({ padding: 1 });
    const weightGrad = (of: Value) => conv2dWeightGrad(of, dy, [32, 32, 3, 3], geometry, false)[0];
    graph.output("error", sub(weightGrad(restore(stored, x.shape)), weightGrad(x)));
    const program = await engine.compile(graph);
    const random = new Random({ seed: 5, purpose: "augment" });
    const normals = () => Float32Array.from({ length: 8 * 32 * 256 }, () => random.normal());
    const inputs = { x: normals().map((value) => Math.max(0, value)), dy: normals() };
    for (const bound of [0.01, 0.02, 0.04, 0.08, 0.16]) {
      const { error } = await program.run({ inputs: { ...inputs, bound: Float32Array.of(bound) } });
      const errors = [...error];
      const sigma = Math.sqrt(momentOf(errors, 2));
      expect(Math.abs(momentOf(errors, 4) / sigma ** 4 - 3)).toBeLessThan(0.5);
      const within = errors.filter((value) => Math.abs(value) < sigma).length / errors.length;
      expect(Math.abs(within - 0.683)).toBeLessThan(0.02);
    }
    await engine.close();
  });

  it.each(["exact", "paper"] as const)(
    "is the wanted share of the momentum after a choice by mode %s",
    async (mode) => {
      const net = await openNet("comet", { share: 1, mode, eta: 0.02 });
      const gradient = await net.gradient();
      // The momentum that plain gradient descent with velocity has after its first step.
      const velocity = net.engine.vector(net.layout.trainable);
      await velocity.write(gradient);
      await net.compression.refresh({ velocity });
      await net.gradient();
      for (const { layer, sigma } of await net.compression.layers()) {
        const { offset, shape } = net.layout.params.find(({ name }) => name === `${layer}.weight`)!;
        const own = gradient.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
        const mean = own.reduce((sum, value) => sum + Math.abs(value), 0) / own.length;
        expect(sigma / mean).toBeCloseTo(0.02, 3);
      }
      await net.engine.close();
    },
  );

  it("doubles the bound where the numbers do not fit, and tells", async () => {
    const net = await openNet("comet", { mode: "fixed", bound: 1e-5, share: 0.1 });
    await net.compression.begin();
    await net.gradient();
    for (const { bound, doublings, usedBytes, slotBytes } of await net.compression.layers()) {
      expect(doublings).toBeGreaterThan(0);
      expect(bound).toBeCloseTo(1e-5 * 2 ** doublings, 4);
      expect(usedBytes).toBeLessThanOrEqual(slotBytes);
    }
    await net.engine.close();
  });
});

test("bounds are chosen after the first step and twice an epoch, within limits", () => {
  expect([10, 100, 10_000].map(refreshEvery)).toEqual([10, 50, 1000]);
  const due = Array.from({ length: 120 }, (_, step) => step).filter((step) =>
    refreshDue(step, 100),
  );
  expect(due).toEqual([1, 50, 100]);
});

describe("settings", () => {
  it.each([
    [{ mode: "fixed" }, "a bound goes with mode fixed only"],
    [{ bound: 0.1 }, "a bound goes with mode fixed only"],
    [{ mode: "fixed", bound: 0 }, "setting bound is 0"],
    [{ eta: -1 }, "setting eta is -1"],
    [{ share: 2 }, "setting share is 2"],
    [{ moed: "exact" }, 'unknown setting "moed" (did you mean "mode"?)'],
  ])("%o are refused", (config, message) => {
    expect(() => cometSettings(config)).toThrow(message);
  });
});

/** Two convolutions, so that one reads what the other made. */
const twoConvolutions = ({ channels, height, width, outputs }: ModelInput): Model => ({
  name: "two",
  source: "for tests",
  input: [channels, height, width],
  outputs,
  layer: sequential(
    conv2d(4, 3),
    relu(),
    conv2d(4, 3, { padding: 1 }),
    relu(),
    flatten(),
    linear(outputs),
  ),
});

test.each([
  [1, 1],
  [1, 10],
  [2, 4],
])("a run that was interrupted after step %d.%d is the run that was not", async (epoch, step) => {
  const settings = { keep: "comet", comet: { eta: 0.05 } } as const;
  const [whole, parts] = [temporaryFolder(), temporaryFolder()].map((folder) => `${folder}/run`);
  const options = { model: twoConvolutions };
  const expected = await trainTiny({ ...settings, out: whole }, options);
  const controller = new AbortController();
  const listeners = [
    (event: { type: string; epoch?: number; step?: number }) => {
      if (event.type === "step" && event.epoch === epoch && event.step === step) controller.abort();
    },
  ];
  await trainTiny(
    { ...settings, out: parts },
    { ...options, listeners, signal: controller.signal },
  );
  const found = await trainTiny({ out: parts }, { ...options, resume: true });
  const told = ({ summary }: typeof found) => [summary.test, summary.best, summary.compression];
  expect(told(found)).toEqual(told(expected));
  expect(found.summary.compression).toMatchObject([{ layer: "2", doublings: 0 }]);
});
