// Every model that is registered: without channels it gives what it gives with masks on them.

import { describe, expect, test } from "vitest";
import { isAffordable } from "../../../test/support/affordable.js";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { createEngine } from "../../engine/index.js";
import { GRADIENT, gradients, reduceSum, WEIGHTS, write } from "../../graph/index.js";
import { createModel, families, type Model } from "../../models/index.js";
import {
  type CompactNet,
  compact,
  conv2d,
  flatten,
  IMAGES,
  initialise,
  linear,
  type Net,
  netOf,
  relu,
  sequential,
} from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { integers } from "../integers.js";
import { calibrate } from "../ranges.js";
import type { Removed } from "./gone.js";
import { channelGroups } from "./groups.js";
import { maskChannels } from "./masks.js";
import { removeChannels, withoutChannels } from "./remove.js";
import { mergedRemovals, numbersOf, shrink } from "./shrink.js";

const inference = { training: false } as const;

/** The vector of a net with masks: they are as they start, all else is as given. */
function withMasks(masked: Net, from: Net, w: Float32Array): CompactNet {
  const all = initialise(masked, 1);
  const places = new Map(from.layout.params.map(({ name, offset }) => [name, offset]));
  for (const { name, shape, offset } of masked.layout.params) {
    const place = places.get(name);
    if (place !== undefined) all.set(w.subarray(place, place + sizeOf(shape)), offset);
  }
  return { net: masked, w: all };
}

const imagesOf = ({ graph }: Net) => graph.nodes.find(({ op }) => op.name === "input")!.outputs[0];

async function outputOf({ net, w }: CompactNet): Promise<Float32Array> {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const engine = await createEngine();
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(net.graph);
  const inputs = { [IMAGES]: noise(sizeOf(imagesOf(net).shape), 7) };
  const { y } = await program.run({ vectors: { [WEIGHTS]: vector }, inputs });
  await engine.close();
  return y as Float32Array;
}

/** Largest difference by the largest number. */
function distance(found: Float32Array, wanted: Float32Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
  return worst / largest;
}

/** About half of the channels of every group, and never all. */
function randomChannels(net: Net, seed: number): Removed {
  const random = new Random({ seed, purpose: "augment" });
  return mergedRemovals(
    channelGroups(net).map((group) => {
      const [, ...others] = group.channels;
      const chosen = others.filter(() => random.uniform() < 0.5);
      return [group.name, numbersOf(group, chosen)];
    }),
  );
}

function modelOf(name: string): Model {
  const { smallest, published } = families.find((family) => family.name === name)!;
  return createModel(name, { ...published, height: smallest, width: smallest, outputs: 10 });
}

/** Parameters of a net that runs in a few seconds in bytes. */
const IN_BYTES = 1.5e6;

describe.for(families.map(({ name }) => name))("%s", (name) => {
  test("without channels it is the net with masks, and what compact makes of that, in bytes too", async ({
    skip,
  }) => {
    const model = modelOf(name);
    const net = netOf(model, 1, inference);
    if (!isAffordable(net)) return skip();
    const removed = randomChannels(net, 3);
    const w = livelyWeights(net.layout);
    const masked = netOf(model, 1, { ...inference, passes: [maskChannels(removed)] });
    const wanted = withMasks(masked, net, w);
    const y = await outputOf(wanted);
    const small = withoutChannels({ net, w }, removed);
    // Recurrent layers stay whole.
    expect(small.w.length).toBeLessThan((name === "crnn-s" ? 0.95 : 0.85) * w.length);
    expect(distance(await outputOf(small), y)).toBeLessThan(1e-5);

    const whole = compact(masked, wanted.w);
    const folded = shrink(whole);
    expect(distance(await outputOf(folded), y)).toBeLessThan(1e-5);
    const shapes = ({ net: { layout } }: CompactNet) =>
      Object.fromEntries(layout.params.map((param) => [param.name, param.shape]));
    expect(shapes(folded)).toEqual(shapes(compact(small.net, small.w)));

    if (net.layout.length > IN_BYTES) return;
    const engine = await createEngine();
    const images = [noise(sizeOf(imagesOf(net).shape), 5)];
    const ranges = await calibrate(engine, whole, images, { rule: "min-max" });
    await engine.close();
    const bytes = integers(whole, ranges);
    const smallBytes = shrink(bytes);
    expect(smallBytes.w.length).toBeLessThan(0.9 * bytes.w.length);
    // Transposed convolutions stay in f32, whose sums over fewer channels are rounded otherwise.
    const inFloat = bytes.net.graph.nodes.some(({ op }) => op.name === "conv2dInputGrad");
    const [few, all] = [await outputOf(smallBytes), await outputOf(bytes)];
    if (inFloat) expect(distance(few, all)).toBeLessThan(1e-5);
    else expect(few).toEqual(all);
  });
});

/** The sum of the outputs' squares, its gradient, and the vector after a step in training. */
async function trained({ net, w }: CompactNet) {
  const { graph, output, layout, params } = net;
  const loss = reduceSum(graph.apply(output.node.op, output.node.inputs, output.node.attrs)[0]);
  const names = layout.params.filter(({ offset }) => offset < layout.trainable);
  const grads = gradients(
    loss,
    names.map(({ name }) => params.get(name)!),
  );
  for (const [at, { offset }] of names.entries()) write(GRADIENT, grads[at]!, offset);
  graph.output("y", output);
  const engine = await createEngine();
  const [vector, grad] = [engine.vector(w.length), engine.vector(layout.trainable)];
  await vector.write(w);
  const program = await engine.compile(graph);
  const inputs = { [IMAGES]: noise(sizeOf(imagesOf(net).shape), 7) };
  await program.run({ vectors: { [WEIGHTS]: vector, [GRADIENT]: grad }, inputs });
  const result = { w: await vector.read(), grad: await grad.read() };
  await engine.close();
  return result;
}

test.for(["resnet20", "shufflenetv2-0.5", "unet-8", "convnet-gn"])(
  "%s in training: the same gradients and statistics as of the net with masks",
  async (name) => {
    const { smallest, published } = families.find((family) => family.name === name)!;
    const size = Math.max(32, smallest);
    const model = createModel(name, { ...published, height: size, width: size, outputs: 10 });
    const training = { training: true } as const;
    const net = netOf(model, 4, training);
    const removed = randomChannels(net, 5);
    expect(removed).toEqual(randomChannels(netOf(model, 1, inference), 5));
    const w = livelyWeights(net.layout);
    const masked = netOf(model, 4, { ...training, passes: [maskChannels(removed)] });
    const wanted = await trained(withMasks(masked, net, w));
    const small = netOf(model, 4, { ...training, passes: [removeChannels(removed)] });
    const given = withoutChannels({ net, w }, removed);
    expect(small.layout).toEqual(given.net.layout);
    const found = await trained({ net: small, w: given.w });
    const grad = withoutChannels(
      { net, w: Float32Array.from({ length: net.layout.length }, (_, at) => wanted.grad[at] ?? 0) },
      removed,
    ).w.subarray(0, small.layout.trainable);
    expect(distance(found.grad, grad)).toBeLessThan(1e-4);
    const vector = new Float32Array(net.layout.length);
    for (const { name, shape, offset } of net.layout.params) {
      const from = masked.layout.params.find((param) => param.name === name)!.offset;
      vector.set(wanted.w.subarray(from, from + sizeOf(shape)), offset);
    }
    expect(distance(found.w, withoutChannels({ net, w: vector }, removed).w)).toBeLessThan(1e-5);
  },
);

describe("what cannot be removed", () => {
  const layer = sequential({ a: conv2d(4, 3), relu: relu(), flatten: flatten(), fc: linear(2) });
  const net = netOf({ layer, input: [1, 6, 6] }, 1, inference);
  const remove = (removed: Removed) => () => removeChannels(removed)(net);

  test("is refused by name", () => {
    expect(remove({ b: [0] })).toThrow('the net has no parameter "b"');
    expect(remove({ "a.bias": [0] })).toThrow('"a.bias" makes no channels');
    expect(remove({ "a.weight": [4] })).toThrow('"a.weight" has outputs 0 to 3, found 4');
    expect(remove({ "fc.weight": [0] })).toThrow('output 0 of "fc.weight" cannot be removed');
    expect(remove({ "a.weight": [0, 1, 2, 3] })).toThrow('nothing would be left of "a.weight"');
  });

  test("a channel that nothing takes notice of is one input of a linear layer for each pixel", () => {
    const small = removeChannels({ "a.weight": [1, 2] })(net);
    const shapes = small.layout.params.map(({ name, shape }) => [name, shape]);
    expect(shapes).toEqual([
      ["a.weight", [2, 1, 3, 3]],
      ["a.bias", [2]],
      ["fc.weight", [2, 32]],
      ["fc.bias", [2]],
    ]);
    const w = initialise(net, 1);
    expect(initialise(small, 1)).toEqual(withoutChannels({ net, w }, { "a.weight": [1, 2] }).w);
  });
});
