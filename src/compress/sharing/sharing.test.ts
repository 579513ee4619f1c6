// Weights that share their numbers, and what becomes of them in training and on disk.

import { expect, test } from "vitest";
import { createEngine } from "../../engine/index.js";
import { gradients, input, mul, reduceSum, WEIGHTS, write } from "../../graph/index.js";
import {
  type CompactNet,
  compact,
  conv2d,
  flatten,
  initialise,
  linear,
  netOf,
  relu,
  sequential,
} from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { maskWeights } from "../channels/index.js";
import { kMeans, nearestOf, sharedWeights, shareWeights } from "./index.js";

test("centres are means of what is nearest to them, from equal distances", () => {
  expect(kMeans(Float32Array.of(9, 0, 1, 2, 10), 2)).toEqual(Float32Array.of(1, 9.5));
  expect(kMeans(Float32Array.of(3, 3, 3), 4)).toEqual(Float32Array.of(3));
  expect(kMeans(Float32Array.of(0, 10), 4)).toEqual(Float32Array.of(0, 10));
  expect(kMeans(Float32Array.of(5, 1), 1)).toEqual(Float32Array.of(3));
  const numbers = Float32Array.from({ length: 500 }, (_, at) => Math.sin(at) ** 3);
  const centres = kMeans(numbers, 8);
  const nearest = nearestOf(numbers, centres);
  for (const [at, centre] of centres.entries()) {
    const own = numbers.filter((_, place) => nearest[place] === at);
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(centre, 5);
  }
  for (const [at, number] of numbers.entries()) {
    const distances = centres.map((centre) => Math.abs(number - centre));
    expect(distances[nearest[at]]).toBe(Math.min(...distances));
  }
});

const layer = sequential({ conv: conv2d(4, 3), relu: relu(), flatten: flatten(), fc: linear(3) });
const model = { layer, input: [1, 6, 6] };

/** The net with shared weights, and all its numbers. */
function shared(masks?: Readonly<Record<string, readonly number[]>>): {
  readonly whole: CompactNet;
  readonly small: CompactNet;
} {
  const passes = masks ? [maskWeights(masks)] : [];
  const net = netOf(model, 1, { training: false, passes });
  const w = initialise(net, 3);
  const mask = net.layout.params.find(({ name }) => name === "fc.weight.mask");
  if (mask) for (let at = 0; at < 192; at++) w[mask.offset + at] = at % 3 === 0 ? 1 : 0;
  const { centroids, values } = sharedWeights({ net, w }, 2);
  const small = netOf(model, 1, { training: false, passes: [shareWeights(centroids)] });
  const numbers = initialise(small, 0);
  const before = new Map(net.layout.params.map((param) => [param.name, param]));
  for (const { name, shape, offset } of small.layout.params) {
    const from = before.get(name)?.offset ?? 0;
    numbers.set(values.get(name) ?? w.subarray(from, from + sizeOf(shape)), offset);
  }
  return { whole: { net, w }, small: { net: small, w: numbers } };
}

const numbersOf = ({ net, w }: CompactNet, name: string) => {
  const { offset, shape } = net.layout.params.find((param) => param.name === name)!;
  return w.subarray(offset, offset + sizeOf(shape));
};

async function outputsOf({ net, w }: CompactNet, x: Float32Array): Promise<Float32Array> {
  const engine = await createEngine({ engine: "reference" });
  net.graph.output("y", net.output);
  const vector = engine.vector(w.length);
  await vector.write(w);
  const { y } = await (await engine.compile(net.graph)).run({
    vectors: { w: vector },
    inputs: { x },
  });
  return Float32Array.from(y);
}

const images = Float32Array.from({ length: 36 }, (_, at) => Math.sin(at));

test("the compact net has the centroids as weights and gives the same, and zeros stay", async () => {
  const { small, whole } = shared({ "fc.weight": [3, 64] });
  const folded = compact(small.net, small.w);
  expect(folded.net.layout.params.map(({ name }) => name).sort()).toEqual([
    ...["conv.bias", "conv.weight", "fc.bias", "fc.weight"],
  ]);
  expect(new Set(numbersOf(folded, "conv.weight")).size).toBeLessThanOrEqual(4);
  const zeros = numbersOf(whole, "fc.weight.mask");
  expect(
    numbersOf(folded, "fc.weight").every((value, at) => (value === 0) === (zeros[at] === 0)),
  ).toBe(true);
  const [a, b] = [await outputsOf(small, images), await outputsOf(folded, images)];
  expect(Math.max(...a.map((value, at) => Math.abs(value - b[at])))).toBeLessThan(1e-5);
});

test("a centroid's gradient is the mean of those of its weights", async () => {
  const { small } = shared();
  const engine = await createEngine({ engine: "reference" });
  const gradientsOf = async ({ net, w }: CompactNet, name: string) => {
    const y = reduceSum(mul(net.output, input(net.graph, "slope", net.output.shape)));
    const [grad] = gradients(y, [net.params.get(name)!]);
    net.graph.output("y", y);
    write("grad", grad, 0);
    const [vector, out] = [engine.vector(w.length), engine.vector(sizeOf(grad.shape))];
    await vector.write(w);
    const inputs = { x: images, slope: Float32Array.of(1, -2, 0.5) };
    await (await engine.compile(net.graph)).run({
      vectors: { [WEIGHTS]: vector, grad: out },
      inputs,
    });
    return out.read();
  };
  const folded = compact(small.net, small.w);
  const each = await gradientsOf(folded, "fc.weight");
  const means = await gradientsOf(small, "fc.weight.centroids");
  const places = numbersOf(small, "fc.weight");
  for (const [at, mean] of means.entries()) {
    const own = each.filter((_, place) => places[place] === at + 1);
    expect(mean).toBeCloseTo(own.reduce((all, value) => all + value, 0) / own.length, 5);
  }
});

test("what a pass cannot share is refused", () => {
  const net = netOf(model, 1, { training: false });
  expect(() => shareWeights({ "no.weight": 2 })(net)).toThrow(
    'the net has no parameter "no.weight"',
  );
  expect(() => shareWeights({ "fc.weight": 256 })(net)).toThrow(
    "expected a whole number from 1 to 255",
  );
});
