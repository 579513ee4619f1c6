import { describe, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { interpret } from "../../engine/reference/index.js";
import { gradients, reduceSum, WEIGHTS } from "../../graph/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { IMAGES, initialise } from "../build.js";
import { compact } from "../compact.js";
import { conv2d, flatten, globalAvgPool, linear, relu, sequential } from "../layers/index.js";
import { type Net, netOf } from "../net.js";
import { waves, windowScale } from "./cosines.js";
import { harmonic, vonMises } from "./index.js";

function outputOf(net: Net, w: Float32Array, images: Float32Array): Float32Array {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const vectors = { [WEIGHTS]: Float64Array.from(w) };
  return Float32Array.from(interpret(net.graph, { vectors, inputs: { [IMAGES]: images } }).y);
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * b[at], 0);

test.each([1, 3, 5, 7])("waves of %i numbers are at right angles, each of the size 1", (size) => {
  const rows = waves(size);
  for (const [at, row] of rows.entries()) {
    expect(row.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(1, 12);
    for (const other of rows.slice(0, at)) expect(dot(row, other)).toBeCloseTo(0, 12);
  }
});

test("filters of shares at random are as large as the shares", () => {
  const [down, across] = [waves(3), waves(5)];
  let squares = 0;
  for (const one of down.flat()) for (const other of across.flat()) squares += (one * other) ** 2;
  expect((windowScale([3, 5]) ** 2 * squares) / 15).toBeCloseTo(1, 10);
});

describe("harmonic", () => {
  const layer = sequential({
    conv1: conv2d(3, 3, { padding: 1 }),
    relu: relu(),
    conv2: conv2d(4, [3, 5], { strides: 2 }),
    pool: globalAvgPool(),
    flat: flatten(),
    fc: linear(2),
  });
  const model = { layer, input: [2, 9, 9] };
  const passes = [harmonic()];
  const images = noise(3 * 2 * 81, 3);

  test("a layer has the filters that its shares of waves add up to", () => {
    const net = netOf(model, 3, { training: false, passes });
    const w = livelyWeights(net.layout);
    const small = compact(net, w);
    const { offset } = net.layout.params.find(({ name }) => name === "conv2.weight")!;
    const plain = small.net.layout.params.find(({ name }) => name === "conv2.weight")!;
    const [down, across] = [waves(3), waves(5)];
    for (let filter = 0; filter < 12; filter++) {
      for (let at = 0; at < 15; at++) {
        const [y, x] = [Math.floor(at / 5), at % 5];
        let sum = 0;
        for (let k = 0; k < 15; k++) {
          const wave = down[Math.floor(k / 5)][y] * across[k % 5][x];
          sum += w[offset + filter * 15 + k] * windowScale([3, 5]) * wave;
        }
        expect(small.w[plain.offset + filter * 15 + at]).toBeCloseTo(sum, 6);
      }
    }
    const [wanted, found] = [outputOf(net, w, images), outputOf(small.net, small.w, images)];
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(wanted[at], 4);
  });

  test("the first layer standardises waves, and follows their statistics", () => {
    const net = netOf(model, 3, { training: true, passes });
    const w = Float64Array.from(initialise(net, 1));
    net.graph.output("y", net.output);
    interpret(net.graph, { vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
    const { offset, shape } = net.layout.params.find(({ name }) => name === "conv1.waves.mean")!;
    expect(shape).toEqual([18]);
    // The slowest wave of a channel is the mean of a window, of which the border has zeros.
    const sums = [0, 1].map((channel) => {
      let sum = 0;
      for (let image = 0; image < 3; image++) {
        for (let at = 0; at < 81; at++) {
          const inside = (one: number) => (one === 0 || one === 8 ? 2 : 3);
          const windows = inside(Math.floor(at / 9)) * inside(at % 9);
          sum += (windows / 9) * images[(image * 2 + channel) * 81 + at];
        }
      }
      return sum / 243;
    });
    for (const [channel, mean] of sums.entries())
      expect(w[offset + 9 * channel]).toBeCloseTo(0.1 * mean, 6);
  });

  test("a net without windows is refused", () => {
    const plain = { layer: sequential(flatten(), linear(2)), input: [1, 2, 2] };
    expect(() => netOf(plain, 1, { training: false, passes })).toThrow(
      "harmonic: the net has no convolution of a window of pixels",
    );
  });
});

describe("t-vmf", () => {
  const options = { weights: "fc.weight", kappa: 16 };
  const model = { layer: sequential({ fc: linear(2) }), input: [3] };
  const net = netOf(model, 2, { training: true, passes: [vonMises(options)] });

  test("outputs are of the angle alone", () => {
    expect(net.layout.params.map(({ name }) => name)).toEqual(["fc.weight", "fc.factor"]);
    const w = Float32Array.of(3, 0, 0, 0, 2, 2, 0);
    const y = outputOf(net, w, Float32Array.of(5, 0, 0, 0, 7, 0));
    const s = 1 + Math.log(2);
    const at = (cosine: number) => s * ((1 + cosine) / (1 + 16 * (1 - cosine)) - 1);
    for (const [k, cosine] of [1, 0, 0, Math.SQRT1_2].entries())
      expect(y[k]).toBeCloseTo(at(cosine), 5);
  });

  test("every parameter has a gradient", () => {
    const { graph, params, layout } = net;
    const grads = gradients(reduceSum(net.output), [...params.values()]);
    for (const [k, grad] of grads.entries()) graph.output(`g${k}`, grad);
    const vectors = { [WEIGHTS]: Float64Array.from(livelyWeights(layout)) };
    const found = interpret(graph, { vectors, inputs: { [IMAGES]: noise(6, 2) } });
    for (const [k, { shape }] of layout.params.entries()) {
      expect(found[`g${k}`]).toHaveLength(sizeOf(shape));
      expect(found[`g${k}`].some((value) => value !== 0)).toBe(true);
    }
  });

  test("a part of a net without the last layer is as it is", () => {
    const body = { layer: sequential({ fc1: linear(2) }), input: [3] };
    const part = netOf(body, 1, { training: false, passes: [vonMises(options)] });
    expect([...part.params.keys()]).toEqual(["fc1.weight", "fc1.bias"]);
  });
});
