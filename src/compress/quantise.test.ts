import { describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { createEngine } from "../engine/index.js";
import { gradients, mul, reduceSum, trainedParams, WEIGHTS, write } from "../graph/index.js";
import { createModel, type Model } from "../models/index.js";
import {
  build,
  type CompactNet,
  compact,
  IMAGES,
  initialise,
  type Net,
  netOf,
} from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { quantisableLayers, quantisedPlaces } from "./places.js";
import { parseQuantise, type Quantisation, quantisationOf } from "./quantisation.js";
import { bitsOfWeights, quantise } from "./quantise.js";
import { quantisers } from "./quantisers/index.js";
import { startQuantisers } from "./startQuantisers.js";

const lenet = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
const resnet = createModel("resnet18", { channels: 3, height: 32, width: 32, outputs: 10 });
const BATCH = 4;

const plain = ({ layer, input }: Model, training = false) =>
  build(layer, [BATCH, ...input], { training });
const asked = (model: Model, text: string) => quantisationOf(plain(model), parseQuantise(text));
const quantised = (model: Model, how: Quantisation, training = false) =>
  netOf(model, BATCH, { training, passes: [quantise(how)] });
const imagesOf = ({ input }: Model) => noise(BATCH * sizeOf(input), 3);

/** First weights of a quantised model, with what its quantisers start as. */
async function started(model: Model, how: Quantisation): Promise<Float32Array> {
  const { layout, specs } = quantised(model, how, true);
  const w = initialise({ layout, specs }, 1);
  const engine = await createEngine();
  const first = { engine, net: plain(model, true), images: imagesOf(model) };
  await startQuantisers(how, first, { layout, w, given: new Set() });
  await engine.close();
  return w;
}

async function outputOf(net: Net, w: Float32Array, images: Float32Array): Promise<Float32Array> {
  const engine = await createEngine();
  net.graph.output("y", net.output);
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(net.graph);
  const { y } = await program.run({
    vectors: { [WEIGHTS]: vector },
    inputs: { [IMAGES]: images },
    key: { seed: 1, purpose: "dropout" },
  });
  await engine.close();
  return y as Float32Array;
}

function numbersOf({ net, w }: CompactNet, name: string): Float32Array {
  const { offset, shape } = net.layout.params.find((param) => param.name === name)!;
  return w.subarray(offset, offset + sizeOf(shape));
}

/** The most different weights that one output of a layer has. */
const different = (weights: Float32Array, outputs: number) =>
  Math.max(
    ...Array.from({ length: outputs }, (_, at) => {
      const each = weights.length / outputs;
      return new Set(weights.subarray(at * each, (at + 1) * each)).size;
    }),
  );

describe.each(Object.keys(quantisers))("%s", (method) => {
  const how = asked(lenet, `${method}:w4a4${method === "apot" ? "e4" : ""}`);

  test("the compact net is the net, with weights of a few values", async () => {
    const w = await started(lenet, how);
    const small = compact(quantised(lenet, how), w);
    const [wanted, found] = [
      await outputOf(quantised(lenet, how), w, imagesOf(lenet)),
      await outputOf(small.net, small.w, imagesOf(lenet)),
    ];
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    for (const [at, value] of found.entries()) {
      expect(Math.abs(value - wanted[at]) / largest).toBeLessThan(1e-5);
    }
    const weights = numbersOf(small, "conv2.weight");
    expect(different(weights, 16)).toBeLessThanOrEqual(16);
    expect(different(weights, 16)).toBeGreaterThan(4);
  });

  test("all it learns has a gradient", async () => {
    const { graph, layout, params, output } = quantised(lenet, how, true);
    const trained = trainedParams(layout);
    const loss = reduceSum(mul(output, output));
    const grads = gradients(
      loss,
      trained.map(({ name }) => params.get(name)!),
    );
    for (const [at, { offset }] of trained.entries()) write("grad", grads[at], offset);
    const engine = await createEngine();
    const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
    await w.write(await started(lenet, how));
    await (await engine.compile(graph)).run({
      vectors: { [WEIGHTS]: w, grad },
      inputs: { [IMAGES]: imagesOf(lenet) },
      key: { seed: 1, purpose: "dropout" },
    });
    const slopes = await grad.read();
    await engine.close();
    const still = trained.filter(({ offset, shape }) =>
      slopes.subarray(offset, offset + sizeOf(shape)).every((slope) => slope === 0),
    );
    // Nothing of the first images needs to lie beyond where PACT cuts them off.
    const names = still.map(({ name }) => name).filter((name) => !name.endsWith("alpha"));
    expect(names).toEqual([]);
  });
});

test("the first and the last layer have 8 bits, and images behind a ReLU no sign", () => {
  const { layers, method } = asked(lenet, "lsq:w3a4");
  expect(method).toBe("lsq");
  expect(layers).toEqual({
    ...{ conv1: [8, 8], conv2: [3, 4], fc1: [3, 4], fc2: [3, 4], fc3: [8, 8] },
  });
  const images = quantisedPlaces(plain(lenet), { layers }).filter(({ of }) => of === "images");
  expect(images.map(({ name, signed }) => [name, signed])).toEqual([
    ...[["conv1.input", true] as const],
    ...["conv2", "fc1", "fc2", "fc3"].map((name) => [`${name}.input`, false] as const),
  ]);
});

test("weights alone", () => {
  const how = asked(lenet, "per-channel:w4");
  expect(quantisedPlaces(plain(lenet), how).every(({ of }) => of === "weights")).toBe(true);
  const { layout } = quantised(lenet, how);
  expect(layout).toEqual(plain(lenet).layout);
  const ends = 150 * 8 + 840 * 8;
  const inner = 4 * (2400 + 48000 + 10080);
  expect(bitsOfWeights(plain(lenet), how)).toBe(ends + inner + 32 * (6 + 16 + 120 + 84 + 10));
});

test("images that two layers take are quantised once, where they have as many bits", () => {
  const how = asked(resnet, "lsq:w4a4");
  const count = (of: Quantisation) =>
    quantisedPlaces(plain(resnet), of).filter((place) => place.of === "images").length;
  const layers = quantisableLayers(plain(resnet)).length;
  // Three stages begin with a shortcut beside their first convolution.
  expect(count(how)).toBe(layers - 3);
  const [shortcut] = Object.keys(how.layers).filter((name) => /shortcut|downsample/.test(name));
  expect(count({ ...how, layers: { ...how.layers, [shortcut]: [8, 8] } })).toBe(layers - 2);
});

test("steps start at 2 mean|v| / sqrt(Qp) of weights and of the first images", async () => {
  const how = asked(lenet, "lsq:w4a4");
  const w = await started(lenet, how);
  const { layout } = quantised(lenet, how);
  const at = (name: string) => {
    const { offset, shape } = layout.params.find((param) => param.name === name)!;
    return w.subarray(offset, offset + sizeOf(shape));
  };
  const mean = (values: Float32Array) =>
    values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  const weights = (2 * mean(at("conv2.weight"))) / Math.sqrt(7);
  expect(at("conv2.weight.step")[0]).toBeCloseTo(weights, 6);
  const images = (2 * mean(imagesOf(lenet))) / Math.sqrt(127);
  expect(at("conv1.input.step")[0]).toBeCloseTo(images, 6);
});

test("statistics of images follow the batches of training, and are used in evaluation", async () => {
  const how = asked(lenet, "affine:w8a8");
  const w = await started(lenet, how);
  const net = quantised(lenet, how, true);
  net.graph.output("y", net.output);
  const engine = await createEngine();
  const vector = engine.vector(w.length);
  const { offset } = net.layout.params.find(({ name }) => name === "conv1.input.high")!;
  w[offset] = 1;
  await vector.write(w);
  const images = imagesOf(lenet);
  await (await engine.compile(net.graph)).run({
    vectors: { [WEIGHTS]: vector },
    inputs: { [IMAGES]: images },
    key: { seed: 1, purpose: "dropout" },
  });
  const after = await vector.read();
  await engine.close();
  const most = images.reduce((largest, value) => Math.max(largest, value));
  expect(after[offset]).toBeCloseTo(1 + 0.1 * (most - 1), 5);
  // What lies beyond the range that evaluation knows is cut off.
  const twice = images.map((value) => (value > 0 ? value + 100 : value));
  const more = images.map((value) => (value > 0 ? value + 200 : value));
  const seen = await outputOf(quantised(lenet, how), after, twice);
  expect(seen).toEqual(await outputOf(quantised(lenet, how), after, more));
});

describe("refused:", () => {
  test.each([
    ["lsq", 'setting quantise is "lsq": expected a method and bits of weights and images, as lsq'],
    ["lsq:4", "expected a method and bits"],
    ["lqs:w4a4", 'unknown method of quantise "lqs"'],
    ["lsq:w9a4", "lsq takes 2 to 8 bits for weights, found 9"],
    ["apot:w2a4", "apot takes 3 to 6 bits for weights, found 2"],
    ["lsq:w4a1", "lsq takes 2 to 8 bits for images, found 1"],
    ["lsq:w4a4e9", "the first and the last layer take 2 to 8 bits, found 9"],
  ])("%s", (text, message) => {
    expect(() => parseQuantise(text)).toThrow(message);
  });
});
