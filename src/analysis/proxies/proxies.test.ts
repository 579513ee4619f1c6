import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "../../engine/index.js";
import type { Model } from "../../models/index.js";
import {
  build,
  flatten,
  globalAvgPool,
  initialise,
  type Layer,
  linear,
  relu,
  sequential,
} from "../../nn/index.js";
import { proxies, ranked, type Untrained, voted } from "./index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ engine: "reference" });
});
afterAll(() => engine.close());

const images = Float32Array.of(1, 0, 2, -1, 0.5, 1, 3, 1, -2);
const labels = [0, 1, 1];
const rows = [0, 1, 2].map((at) => images.subarray(3 * at, 3 * at + 3));

const modelOf = (layer: Layer): Model => ({
  ...{ name: "tiny", source: "for tests", input: [3, 1, 1], outputs: 2, layer },
});
const plain = modelOf(sequential(flatten(), linear(2, { bias: false })));
const untrained = (model: Model): Untrained => ({ model, engine, seed: 1, images, labels });
const score = (name: string, model = plain) =>
  proxies.find((proxy) => proxy.name === name)!.score(untrained(model));

/** The weights of the plain net, [2, 3]. */
const w = initialise(build(plain.layer, [3, 3, 1, 1], { training: true }), 1);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at], 0);
const logitsOf = (weights: Float32Array) =>
  rows.map((row) => [0, 1].map((k) => dot(weights.subarray(3 * k, 3 * k + 3), row)));

/** Derivatives of the mean loss by the logits. */
const slopesOf = (weights: Float32Array) =>
  logitsOf(weights).map((logits, at) => {
    const all = logits.map(Math.exp);
    return all.map((e, k) => (e / (all[0] + all[1]) - (labels[at] === k ? 1 : 0)) / rows.length);
  });
const gradientAt = (weights: Float32Array) =>
  Float64Array.from(weights, (_, at) =>
    slopesOf(weights).reduce(
      (sum, slope, row) => sum + slope[Math.floor(at / 3)] * rows[row][at % 3],
      0,
    ),
  );
const g = gradientAt(w);

test("gradients and what they say of weights are those worked out by hand", async () => {
  expect(await score("grad_norm")).toBeCloseTo(Math.sqrt(dot(g, g)), 5);
  expect(await score("snip")).toBeCloseTo(
    g.reduce((sum, slope, at) => sum + Math.abs(slope * w[at]), 0),
    5,
  );
  // -w · (H g) is how half the gradient's square falls along w.
  const halfSquare = (step: number) => {
    const slope = gradientAt(w.map((value) => value * (1 + step)));
    return dot(slope, slope) / 2;
  };
  const along = (halfSquare(1e-3) - halfSquare(-1e-3)) / 2e-3;
  expect(await score("grasp")).toBeCloseTo(-along, 3);
  const logits = logitsOf(w);
  const saliency = slopesOf(w).flatMap((slope, row) =>
    slope.map((value, k) => (value * logits[row][k]) ** 2 / 2 / rows.length),
  );
  expect(await score("fisher")).toBeCloseTo(
    saliency.reduce((sum, value) => sum + value, 0),
    6,
  );
});

test("synflow is the flow through the positive net, also beyond the numbers of f32", async () => {
  expect(await score("synflow")).toBeCloseTo(
    Math.log(w.reduce((sum, value) => sum + Math.abs(value), 0)),
    4,
  );
  // Each of 40 layers of 64 channels passes on some 6 times what it is given, as its weights add up.
  const deep = sequential(
    flatten(),
    ...Array.from({ length: 40 }, () => linear(64, { bias: false })),
    linear(2, { bias: false }),
  );
  const found = await score("synflow", modelOf(deep));
  expect(found).toBeGreaterThan(Math.log(3.4e38));
  expect(found).toBeLessThan(200);
});

test("slopes that are all alike have the lowest score", async () => {
  // The sum of the outputs of a linear net has one slope, whatever the image.
  const tiny = 1e-5;
  const expected = -(Math.log(3 + tiny) + 1 / (3 + tiny) + 2 * (Math.log(tiny) + 1 / tiny));
  expect((await score("jacob_cov")) / expected).toBeCloseTo(1, 2);
});

test("naswot counts the ReLUs that two images agree on, and needs some", async () => {
  const model = modelOf(sequential(globalAvgPool(), relu(), linear(2)));
  // On: 101, 011, 110; so each two of them agree on one of three.
  expect(await score("naswot", model)).toBeCloseTo(Math.log(3 ** 3 + 2 - 3 * 3), 4);
  await expect(score("naswot")).rejects.toThrow("model tiny has no ReLU");
});

test("baselines are sizes", async () => {
  expect(await score("params")).toBe(6);
  expect(await score("macs")).toBe(12);
});

test("a vote counts the nets that most voters find worse; what has no score is worst", () => {
  const scores = [
    [1, 2, 3],
    [1, 3, Number.NaN],
    [3, 2, 1],
  ].map((voter) => voter.map(ranked));
  expect(voted(scores)).toEqual([1, 2, 0]);
});
