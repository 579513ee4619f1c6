import { describe, expect, test } from "vitest";
import { relativeError } from "../../../test/conformance/case.js";
import { isAffordable } from "../../../test/support/affordable.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { interpret } from "../../engine/reference/index.js";
import { WEIGHTS } from "../../graph/index.js";
import { createModel, families } from "../../models/index.js";
import { type CompactNet, IMAGES, initialise, linear, netOf, sequential } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { netPass } from "../passes/index.js";
import { getPruner } from "../pruning/index.js";
import { factorise, rankFor, spectrumOf, type Weights } from "./factors.js";
import { layersOf, lowRank, matrixOf, withFactors } from "./lowRank.js";

function outputOf({ net, w }: CompactNet, images: Float32Array): Float32Array {
  net.graph.output("output", net.output);
  const vectors = { [WEIGHTS]: Float64Array.from(w) };
  return Float32Array.from(interpret(net.graph, { vectors, inputs: { [IMAGES]: images } }).output);
}

function noise(length: number, seed = 1): Float32Array {
  const random = new Random({ seed, purpose: "search" });
  return Float32Array.from({ length }, () => random.normal());
}

/** What is left of a matrix beside a product, as a share of the sum of squares. */
function lostBy({ of, rows, columns }: Weights, rank: number): number {
  const { mix, basis } = factorise({ of, rows, columns }, spectrumOf({ of, rows, columns }), rank);
  let [lost, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let made = 0;
      for (let k = 0; k < rank; k++) made += mix[row * rank + k] * basis[k * columns + column];
      lost += (of[row * columns + column] - made) ** 2;
      all += of[row * columns + column] ** 2;
    }
  }
  return lost / all;
}

describe.for([
  [5, 12],
  [12, 5],
  [7, 7],
])("factors of %i x %i", ([rows, columns]) => {
  const weights = { of: noise(rows * columns), rows, columns };
  const spectrum = spectrumOf(weights);

  test("lose what the squares behind their rank say, and nothing at full rank", () => {
    const total = spectrum.squares.reduce((sum, square) => sum + square, 0);
    for (let rank = 1; rank <= Math.min(rows, columns); rank++) {
      const behind = spectrum.squares.slice(rank).reduce((sum, square) => sum + square, 0);
      expect(lostBy(weights, rank)).toBeCloseTo(behind / total, 6);
    }
    expect(lostBy(weights, Math.min(rows, columns))).toBeLessThan(1e-12);
  });

  test("have the smallest rank that loses no more than is asked", () => {
    for (const share of [0.01, 0.2, 0.7]) {
      const rank = rankFor(spectrum, share);
      expect(lostBy(weights, rank)).toBeLessThanOrEqual(share);
      if (rank > 1) expect(lostBy(weights, rank - 1)).toBeGreaterThan(share);
    }
  });
});

test("a matrix of zeros has rank 1, and factors that are finite", () => {
  const weights = { of: new Float32Array(6), rows: 2, columns: 3 };
  expect(rankFor(spectrumOf(weights), 0.1)).toBe(1);
  const { mix, basis } = factorise(weights, spectrumOf(weights), 1);
  expect([...mix, ...basis].every(Number.isFinite)).toBe(true);
});

const models = families.flatMap(({ name, published, smallest }) => {
  const images = { ...published, height: smallest, width: smallest, outputs: 10 };
  const model = createModel(name, images);
  return isAffordable(netOf(model, 1, { training: false })) ? [model] : [];
});

test.for(models.map((model) => [model.name, model] as const))(
  "%s gives the same by layers of full rank",
  { timeout: 60_000 },
  ([, model]) => {
    const net = netOf(model, 1, { training: false });
    const whole = { net, w: livelyWeights(net.layout) };
    const rankOf = ({ rows, columns }: { readonly rows: number; readonly columns: number }) =>
      Math.min(rows, columns);
    const names = [...layersOf(net).keys()];
    // Larger layers would take minutes; of nets that have no other the smallest are taken.
    const most = Math.max(16, Math.min(...names.map((name) => rankOf(matrixOf(whole, name)))));
    const factors = names.flatMap((layer) => {
      const weights = matrixOf(whole, layer);
      const rank = rankOf(weights);
      if (rank > most) return [];
      return [[layer, { ...factorise(weights, spectrumOf(weights), rank), rank }] as const];
    });
    expect(factors.length).toBeGreaterThan(0);
    const thin = withFactors(whole, new Map(factors));
    const images = noise(sizeOf(model.input));
    expect(relativeError(outputOf(thin, images), outputOf(whole, images))).toBeLessThan(1e-5);
  },
);

test("the pass is kept as data, holds in training, and starts with numbers of a fit size", () => {
  const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
  const whole = netOf(model, 1, { training: false });
  const weights = initialise(whole, 1);
  const { small, passes } = getPruner("low-rank").prune({ net: whole, w: weights }, 0.3);
  const training = netOf(model, 2, { training: true, passes: passes.map(netPass) });
  expect(training.layout).toEqual(small.net.layout);
  expect(training.layout.trainable).toBeLessThan(whole.layout.trainable);
  const images = noise(784);
  const [own, begun] = [small.w, initialise(small.net, 1)].map((w) =>
    outputOf({ net: netOf(model, 1, { training: false, passes: passes.map(netPass) }), w }, images),
  );
  const size = (of: Float32Array) => Math.hypot(...of);
  expect(size(begun) / size(own)).toBeGreaterThan(0.1);
  expect(size(begun) / size(own)).toBeLessThan(10);
});

describe("what cannot be is refused", () => {
  const net = netOf({ layer: sequential(linear(6), linear(3)), input: [4] }, 1, {
    training: false,
  });
  test.each([
    [{ "2.weight": 1 }, 'the net has no layer with weights "2.weight"'],
    [{ "0.bias": 1 }, 'the net has no layer with weights "0.bias"'],
    [{ "0.weight": 5 }, 'the rank of "0.weight" is 5; expected a whole number from 1 to 4'],
    [{ "1.weight": 0 }, 'the rank of "1.weight" is 0; expected a whole number from 1 to 3'],
    [{ "1.weight": 1.5 }, "expected a whole number from 1 to 3"],
  ])("%j", (ranks, message) => {
    expect(() => lowRank(ranks)(net)).toThrow(message);
  });

  test("a share by which nothing becomes smaller", () => {
    const whole = { net, w: initialise(net, 1) };
    expect(() => getPruner("low-rank").prune(whole, 1e-9)).toThrow("take a larger share");
  });
});
