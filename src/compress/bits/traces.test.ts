// Traces of nets whose Hessian is known: of a linear layer under softmax cross-entropy it is the mean over images of
// |x|^2 sum_k p_k (1 - p_k).

import { expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { classify, targetInputs } from "../../../test/support/questions.js";
import { createEngine } from "../../engine/index.js";
import { GRADIENT, WEIGHTS } from "../../graph/index.js";
import { basicBlock } from "../../models/blocks/basic-block.js";
import type { Model } from "../../models/index.js";
import { build, conv2d, flatten, IMAGES, initialise, linear, sequential } from "../../nn/index.js";
import { fixedGradientGraph } from "../../tasks/index.js";
import { allocate } from "./allocate.js";
import { bitLayers, squaredDistance } from "./sensitivity.js";
import { hessianTraces } from "./traces.js";
import { bitWork } from "./work.js";

const [BATCH, NUMBERS, CLASSES] = [32, 12, 10];

const linearNet: Model = {
  ...{ name: "linear", source: "this suite", input: [1, 3, 4], outputs: CLASSES },
  layer: sequential({ flatten: flatten(), fc: linear(CLASSES) }),
};

/** One-hot targets, and images in front of them. */
function batchOf({ input }: Model) {
  const targets = new Float32Array(BATCH * CLASSES);
  for (let n = 0; n < BATCH; n++) targets[n * CLASSES + (n % CLASSES)] = 1;
  const size = input.reduce((product, side) => product * side, 1);
  return { images: noise(BATCH * size, 4), targets };
}

/** The gradient of a model's loss on one batch, on the fastest engine. */
async function gradientOf(model: Model) {
  const { images, targets } = batchOf(model);
  const { graph, layout, specs } = fixedGradientGraph(classify(model), BATCH);
  const engine = await createEngine();
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const gradientAt = async (values: Float32Array) => {
    await w.write(values);
    await program.run({
      vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
      inputs: { [IMAGES]: images, ...targetInputs(targets, CLASSES) },
    });
    return grad.read();
  };
  return { gradientAt, layout, values: initialise({ layout, specs }, 1), images, engine };
}

/** Sum over classes of p (1 - p), of one image. */
function spread(w: Float32Array, x: Float32Array): number {
  const logits = Array.from({ length: CLASSES }, (_, k) =>
    x.reduce((sum, value, at) => sum + value * w[k * NUMBERS + at], 0),
  );
  const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.reduce(
    (sum, logit) => sum + (Math.exp(logit) / all) * (1 - Math.exp(logit) / all),
    0,
  );
}

test("a linear layer's traces are those of the formula", async () => {
  const { gradientAt, layout, values, images, engine } = await gradientOf(linearNet);
  const segments = layout.params.map(({ name, offset, shape }) => ({
    ...{ name, offset, length: shape.reduce((product, side) => product * side, 1) },
  }));
  const traces = await hessianTraces(gradientAt, values, segments, { draws: 200, tolerance: 0 });
  await engine.close();
  let [weights, biases] = [0, 0];
  for (let n = 0; n < BATCH; n++) {
    const x = images.subarray(n * NUMBERS, (n + 1) * NUMBERS);
    const share = spread(values, x) / BATCH;
    weights += share * x.reduce((sum, value) => sum + value ** 2, 0);
    biases += share;
  }
  const [w, b] = traces;
  expect(Math.abs(w.trace - weights)).toBeLessThan(4 * w.standardError);
  expect(w.standardError).toBeLessThan(0.1 * weights);
  expect(w.mean).toBeCloseTo(w.trace / 120, 9);
  expect(Math.abs(b.trace - biases)).toBeLessThan(4 * b.standardError);
});

test("draws end when the means stay", async () => {
  let asked = 0;
  const gradientAt = async (w: Float32Array) => {
    asked++;
    return w.map((value) => 3 * value);
  };
  const segments = [{ name: "all", offset: 0, length: 6 }];
  const [{ trace }] = await hessianTraces(gradientAt, noise(6), segments);
  expect(trace).toBeCloseTo(18, 2);
  expect(asked).toBe(2 * 5);
});

test("layers that take the same images are tied; traces below 0 count as next to nothing and are told", () => {
  const block = (strides: number) =>
    basicBlock(8, { strides, shortcut: conv2d(8, 1, { strides }) });
  const layer = sequential(conv2d(4, 3), block(2), block(2), flatten(), linear(CLASSES));
  const work = bitWork(build(layer, [1, 1, 12, 12], { training: false }));
  const ties = new Set(work.flatMap(({ tie }) => tie ?? []));
  expect(ties.size).toBe(2);
  expect(work.filter(({ tie }) => tie !== undefined)).toHaveLength(4);
  const curvature = new Map(
    work.map(({ name, numbers }, at) => [
      name,
      { weights: noise(numbers, at), mean: at === 3 ? -1 : 1 },
    ]),
  );
  const { layers, negative } = bitLayers(work, curvature, [2, 4, 8], "size");
  expect(negative).toEqual([work[3].name]);
  const share = (at: number) => layers[at].choices[0].loss / work[at].numbers;
  expect(share(3) / share(4)).toBeLessThan(3e-3);
  const numbers = work.reduce((sum, layer) => sum + layer.numbers, 0);
  const { bits, cost } = allocate(layers, 4 * numbers);
  expect(cost).toBeLessThanOrEqual(4 * numbers);
  expect(bits.get(work[3].name)).toBe(2);
  // Bits that nobody else needs.
  expect(allocate(layers, 9 * numbers).bits.get(work[3].name)).toBe(8);
  expect(new Set(bits.values()).size).toBeGreaterThan(1);
});

test("bits halve a distance about four times", () => {
  const weights = noise(4000);
  const [few, more] = [4, 5].map((bits) => squaredDistance(weights, 10, bits));
  expect(few / more).toBeGreaterThan(3.5);
  expect(few / more).toBeLessThan(5.5);
});
