// Gates of channels: what is drawn, along what training moves them, and the net that is left of shut ones.

import { describe, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { createEngine } from "../../engine/index.js";
import { interpret } from "../../engine/reference/interpret.js";
import {
  add,
  Graph,
  gradients,
  mul,
  read,
  reduceSum,
  uniform,
  WEIGHTS,
} from "../../graph/index.js";
import { createModel, families } from "../../models/index.js";
import {
  batchNorm,
  type CompactNet,
  compact,
  conv2d,
  flatten,
  IMAGES,
  imagesOf,
  linear,
  type Net,
  netOf,
  relu,
  sequential,
} from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { shrink } from "../channels/index.js";
import { netPass } from "../passes/index.js";
import { expectedShare } from "./expected.js";
import { drawnGates, FIRST, fixedGate, fixedGates, openChances } from "./hardConcrete.js";
import { gatesOf } from "./places.js";
import { withoutDead, withoutGates } from "./withoutGates.js";

const key = { seed: 3, purpose: "dropout" } as const;
const inference = { training: false } as const;

/** Gates of one parameter, drawn many times. */
function drawn(param: number, count: number) {
  const graph = new Graph();
  const params = read(graph, WEIGHTS, [count]);
  graph.output("drawn", drawnGates(params, uniform(graph, [count], 0)));
  graph.output("fixed", fixedGates(params));
  graph.output("open", openChances(params));
  const vectors = { [WEIGHTS]: new Float64Array(count).fill(param) };
  return interpret(graph, { vectors, inputs: {}, key });
}

describe("hard concrete numbers", () => {
  test("are those of the paper's formula, by the run's random numbers", () => {
    const { drawn: found } = drawn(0.05, 50);
    const random = new Random(key);
    for (const gate of found) {
      const u = random.uniform();
      const s = 1 / (1 + Math.exp(-(Math.log(u) - Math.log(1 - u) + 0.5) / (2 / 3)));
      expect(gate).toBeCloseTo(Math.min(1, Math.max(0, s * 1.2 - 0.1)), 4);
    }
  });

  test.each([-0.2, 0, FIRST])("are open as often as is expected at %d", (param) => {
    const { drawn: found, open, fixed } = drawn(param, 20000);
    const share = found.filter((gate) => gate > 0).length / found.length;
    expect(share).toBeCloseTo(open[0], 2);
    expect(found.some((gate) => gate === 1)).toBe(true);
    expect(fixed[0]).toBeCloseTo(fixedGate(param), 12);
  });

  test("are 0 and 1 in use, far enough from the middle", () => {
    expect([-0.24, 0, 0.24].map(fixedGate)).toEqual([0, expect.closeTo(0.5, 12), 1]);
    expect(fixedGate(FIRST)).toBeCloseTo(0.98, 12);
  });
});

const layer = sequential({
  a: conv2d(4, 3),
  norm: batchNorm(),
  relu: relu(),
  b: conv2d(3, 3),
  flat: flatten(),
  c: linear(2),
});
const small = { layer, input: [2, 7, 7] };

test("every channel that can go has a gate, before what takes sums over it", () => {
  const { groups, axes } = gatesOf(netOf(small, 1, inference));
  expect(groups).toEqual([
    // 18 weights, bias, scale and shift make a channel, 27 take it; 36 and a bias, 18.
    { name: "a.weight.gate", channels: 4, size: 4 * (18 + 3 + 27) },
    { name: "b.weight.gate", channels: 3, size: 3 * (36 + 1 + 18) },
  ]);
  expect(axes.map(({ param, axis, runs }) => [param, axis, runs])).toEqual([
    ["b.weight", 1, [{ name: "a.weight.gate", first: 0, count: 4, times: 1 }]],
    ["c.weight", 1, [{ name: "b.weight.gate", first: 0, count: 3, times: 9 }]],
  ]);
});

/** A net with all gates, and its numbers: those of a group lie around a value. */
function gated(model: Parameters<typeof netOf>[0], batch: number, training: boolean) {
  const before = netOf(model, batch, inference);
  const { groups } = gatesOf(before);
  const names = groups.map(({ name }) => name);
  const passes = [netPass({ pass: "gates", of: names })];
  const net = netOf(model, batch, { training, passes });
  const w = livelyWeights(net.layout);
  const random = new Random({ seed: 1, purpose: "augment" });
  for (const { name, offset, shape } of net.layout.params) {
    if (!names.includes(name)) continue;
    for (let at = offset; at < offset + sizeOf(shape); at++) {
      w[at] = training ? 0.2 * random.uniform() - 0.1 : random.uniform() - 0.5;
    }
  }
  return { before, groups, names, net, w };
}

test("gradients are those of finite differences, with the same random numbers", () => {
  const { net, w, groups } = gated(small, 3, true);
  const { graph, layout, params, output } = net;
  const loss = add(reduceSum(mul(output, output)), expectedShare(net, groups));
  graph.output("loss", loss);
  const trained = layout.params.filter(({ kind }) => kind !== "statistic");
  const slopes = gradients(
    loss,
    trained.map(({ name }) => params.get(name)!),
  );
  for (const [at, { name }] of trained.entries()) graph.output(name, slopes[at]);
  const inputs = { [IMAGES]: Float64Array.from(noise(3 * sizeOf(small.input), 5)) };
  const ask = (numbers: Float64Array) =>
    interpret(graph, { vectors: { [WEIGHTS]: numbers.slice() }, inputs, key });
  const point = Float64Array.from(w);
  const found = ask(point);
  const step = 1e-6;
  for (const { name, offset, shape } of trained) {
    const wanted = Array.from({ length: sizeOf(shape) }, (_, at) => {
      const [up, down] = [step, -step].map((by) => {
        const moved = point.slice();
        moved[offset + at] += by;
        return ask(moved)["loss"][0];
      });
      return (up - down) / (2 * step);
    });
    // The bias before a normalisation has no effect.
    const largest = Math.max(1e-2, ...wanted.map(Math.abs));
    for (const [at, slope] of wanted.entries()) {
      expect(Math.abs(found[name][at] - slope) / largest, `${name} ${at}`).toBeLessThan(1e-5);
    }
    if (name.endsWith("gate")) expect(wanted.every((slope) => slope !== 0)).toBe(true);
  }
});

test("a net with open gates costs all of itself, one with shut ones nothing", () => {
  const { net, w, groups } = gated(small, 1, true);
  net.graph.output("share", expectedShare(net, groups));
  const inputs = { [IMAGES]: Float64Array.from(noise(sizeOf(small.input), 5)) };
  const shareAt = (a: number, b: number) => {
    const numbers = Float64Array.from(w);
    for (const { name, offset, shape } of net.layout.params) {
      if (!name.includes("gate")) continue;
      numbers.fill(name.startsWith("a") ? a : b, offset, offset + sizeOf(shape));
    }
    return interpret(net.graph, { vectors: { [WEIGHTS]: numbers }, inputs, key })["share"][0];
  };
  expect(shareAt(3, 3)).toBeCloseTo(1, 6);
  expect(shareAt(-3, -3)).toBeCloseTo(0, 6);
  expect(shareAt(3, -3)).toBeCloseTo(192 / (192 + 165), 6);
});

async function outputOf({ net, w }: CompactNet): Promise<Float32Array> {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const engine = await createEngine({ threads: 1 });
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(net.graph);
  const inputs = { [IMAGES]: noise(sizeOf(imagesOf(net).shape), 7) };
  const { y } = await program.run({ vectors: { [WEIGHTS]: vector }, inputs });
  await engine.close();
  return y as Float32Array;
}

function distance(found: Float32Array, wanted: Float32Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  return (
    found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0) / largest
  );
}

const parametersOf = ({ layout }: Net) => layout.trainable;

describe.for([
  ...["lenet5", "resnet20", "shufflenetv2-0.5", "squeezenet1.1", "unet-8"],
  ...["convnet-gn", "mobilenetv3-small"],
])("%s", (name) => {
  const { published, smallest } = families.find((family) => family.name === name)!;
  const model = createModel(name, {
    ...published,
    height: smallest,
    width: smallest,
    outputs: 10,
  });
  const { before, groups, names, net, w } = gated(model, 2, false);

  test("without gates and without what they shut it gives the same", async () => {
    const plain = withoutGates({ net, w }, before, before, names);
    const { small: left, removed } = withoutDead(plain);
    expect(parametersOf(left.net)).toBeLessThan(0.8 * parametersOf(before));
    const wanted = await outputOf({ net, w });
    expect(distance(await outputOf(left), wanted)).toBeLessThan(1e-5);
    const passes = removed.map((own) => netPass({ pass: "channels", removed: own }));
    const again = netOf(model, 2, { training: true, passes });
    expect(again.layout).toEqual(left.net.layout);
    // What is made of the net with gates by compact, which knows nothing of them, is as small.
    const compacted = shrink(compact(net, w));
    expect(distance(await outputOf(compacted), wanted)).toBeLessThan(1e-5);
    expect(parametersOf(compacted.net)).toBe(parametersOf(compact(left.net, left.w).net));
  });

  test("its nets in training have the same gates", () => {
    const training = netOf(model, 2, { training: true });
    expect(gatesOf(training).groups.map((group) => group.name)).toEqual(names);
    const all = groups.reduce((sum, { channels }) => sum + channels, 0);
    expect(parametersOf(net)).toBe(parametersOf(before) + all);
  });
});
