// Every model that is registered: its compact net is the net, and batch normalisation is gone where a sum feeds it.

import { expect, test } from "vitest";
import { isAffordable } from "../../test/support/affordable.js";
import { noise } from "../../test/support/layers.js";
import { livelyWeights } from "../../test/support/livelyWeights.js";
import { createEngine } from "../engine/index.js";
import { stopGradient, type Value, WEIGHTS } from "../graph/index.js";
import { createModel, families } from "../models/index.js";
import { sizeOf } from "../tensor/shape.js";
import { IMAGES } from "./build.js";
import { type CompactNet, compact } from "./compact.js";
import { batchNorm, conv2d, flatten, linear, relu, sequential } from "./layers/index.js";
import { type Net, netOf } from "./net.js";
import type { Layer } from "./scope.js";

const inference = { training: false } as const;

async function outputOf(net: Net, w: Float32Array): Promise<Float32Array> {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const images = net.graph.nodes.find(({ op }) => op.name === "input")!.outputs[0];
  const engine = await createEngine();
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(net.graph);
  const inputs = { [IMAGES]: noise(sizeOf(images.shape), 7) };
  const { y } = await program.run({ vectors: { [WEIGHTS]: vector }, inputs });
  await engine.close();
  return y as Float32Array;
}

/** The compact net, which gives what the net gives. */
async function compacted(net: Net, w: Float32Array): Promise<CompactNet> {
  const small = compact(net, w);
  const [wanted, found] = [await outputOf(net, w), await outputOf(small.net, small.w)];
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
  expect(worst / largest).toBeLessThan(1e-4);
  return small;
}

const isSum = ({ node: { op } }: Value) => op.name === "conv2d" || op.name === "matmul";

/** One parameter for each channel, as normalisation multiplies and adds. */
const isPerChannel = ({ node: { op, inputs }, shape }: Value) =>
  op.name === "reshape" && inputs[0].node.op.name === "read" && sizeOf(shape) === shape[1];

test.for(families.map((family) => [family.name, family] as const))(
  "%s: the compact net is the net, with no normalisation behind a sum",
  async ([name, { smallest, published }], { skip }) => {
    const input = { ...published, height: smallest, width: smallest, outputs: 10 };
    const net = netOf(createModel(name, input), 1, inference);
    if (!isAffordable(net)) return skip();
    const small = await compacted(net, livelyWeights(net.layout));
    const left = small.net.graph.nodes.filter(
      ({ op, inputs }) =>
        (op.name === "mul" || op.name === "add") && inputs.some(isSum) && inputs.some(isPerChannel),
    );
    expect(left).toEqual([]);
    // Its table of connections is worked out as well, with zeros where nothing is connected.
    if (name !== "lenet5-1998") expect(small.w.length).toBeLessThanOrEqual(net.layout.length);
  },
);

test("a compact net is as compact as can be", () => {
  const images = { channels: 3, height: 8, width: 8, outputs: 10 };
  const net = netOf(createModel("resnet20", images), 1, inference);
  const once = compact(net, livelyWeights(net.layout));
  const twice = compact(once.net, once.w);
  expect(twice.net.layout).toEqual(once.net.layout);
  expect(twice.w.every((value, at) => value === once.w[at])).toBe(true);
});

const netFor = (layer: Layer, input: readonly number[]) => netOf({ layer, input }, 2, inference);

test("a linear layer takes in the normalisation behind it", async () => {
  const net = netFor(sequential(flatten(), linear(4), batchNorm(), relu(), linear(2)), [2, 3, 3]);
  const w = livelyWeights(net.layout);
  const small = await compacted(net, w);
  expect(small.net.layout.params.map(({ name }) => name)).toEqual([
    "1.weight",
    "1.bias",
    "4.weight",
    "4.bias",
  ]);
});

test("a normalisation with no sum in front stays, with two numbers a channel", async () => {
  const net = netFor(sequential({ bn: batchNorm(), relu: relu(), conv: conv2d(2, 3) }), [3, 5, 5]);
  const w = livelyWeights(net.layout);
  const { layout } = (await compacted(net, w)).net;
  expect(layout.params.map(({ name, shape, kind }) => [name, shape, kind])).toEqual([
    ["bn.scale", [3], "scale"],
    ["bn.shift", [3], "shift"],
    ["conv.weight", [2, 3, 3, 3], "weight"],
    ["conv.bias", [2], "bias"],
  ]);
});

test("what stops gradients is gone", async () => {
  const net = netFor((x, scope) => stopGradient(linear(2)(x, scope)), [3]);
  const w = livelyWeights(net.layout);
  const small = await compacted(net, w);
  expect(small.net.graph.nodes.map(({ op }) => op.name)).not.toContain("stopGradient");
});

test("a net in training and a vector of another net are refused", () => {
  const layer = sequential(linear(2), batchNorm());
  const training = netOf({ layer, input: [3] }, 2, { training: true });
  expect(() => compact(training, livelyWeights(training.layout))).toThrow("built for training");
  expect(() => compact(netFor(layer, [3]), new Float32Array(3))).toThrow(
    "the net has 16 parameters, found 3",
  );
});
