// Nets in whole numbers: every registered model stays near its net of f32, and is the same on every engine.

import { describe, expect, test } from "vitest";
import { isAffordable } from "../../test/support/affordable.js";
import { noise } from "../../test/support/layers.js";
import { createEngine } from "../engine/index.js";
import { add, constant, mul, relu, type Value, WEIGHTS } from "../graph/index.js";
import { createModel, families } from "../models/index.js";
import {
  type CompactNet,
  compact,
  conv2d,
  flatten,
  IMAGES,
  initialise,
  type Layer,
  linear,
  maxPool,
  type Net,
  netOf,
  relu as rectifier,
  sequential,
} from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { integers } from "./integers.js";
import { calibrate, type Ranges } from "./ranges.js";

const inference = { training: false } as const;

const imagesOf = ({ graph }: Net): Value =>
  graph.nodes.find(({ op }) => op.name === "input")!.outputs[0];

async function outputOf(
  { net, w }: CompactNet,
  x: Float32Array,
  engineName: "native" | "reference" = "native",
): Promise<Float32Array> {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const engine = await createEngine({ engine: engineName });
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
  const { y } = await program.run({ vectors: { [WEIGHTS]: vector }, inputs: { [IMAGES]: x } });
  await engine.close();
  return y as Float32Array;
}

async function rangesOf(small: CompactNet, x: Float32Array): Promise<Ranges> {
  const engine = await createEngine();
  const ranges = await calibrate(engine, small, [x], { rule: "min-max" });
  await engine.close();
  return ranges;
}

/** A net of f32, what it is in whole numbers, and images. */
async function made(layer: Layer, input: readonly number[], batch = 2) {
  const net = netOf({ layer, input }, batch, inference);
  const small = compact(net, initialise(net, 3));
  const x = noise(sizeOf(imagesOf(net).shape), 5);
  const ranges = await rangesOf(small, x);
  return { small, x, ranges, whole: integers(small, ranges) };
}

const opsOf = ({ net }: CompactNet) => net.graph.nodes.map(({ op }) => op.name);
const count = (all: readonly string[], name: string) => all.filter((op) => op === name).length;

/** Distance by the largest number. */
function distance(found: Float32Array, wanted: Float32Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
  return worst / largest;
}

/** Nets of which nothing but the last layer's result is ever f32 again. */
const allBytes = ["lenet5", "resnet20", "resnet18", "mobilenetv2-0.5", "vgg11-bn"];

describe("registered models", () => {
  const small = families.filter(({ smallest }) => smallest <= 64);
  test.for(small.map((family) => [family.name, family] as const))(
    "%s",
    async ([name, { smallest, published }], { skip }) => {
      const images = { ...published, height: smallest, width: smallest, outputs: 10 };
      const net = netOf(createModel(name, images), 1, inference);
      if (!isAffordable(net)) return skip();
      const given = compact(net, initialise(net, 3));
      const x = noise(sizeOf(imagesOf(net).shape), 5);
      const whole = integers(given, await rangesOf(given, x));
      const sums = (ops: readonly string[]) => count(ops, "conv2d") + count(ops, "matmul");
      expect(count(opsOf(whole), "integerConv2d")).toBeGreaterThan(0);
      expect(sums(opsOf(whole))).toBeLessThan(sums(opsOf(given)));
      const found = await outputOf(whole, x);
      expect(distance(found, await outputOf(given, x))).toBeLessThan(0.25);
      if (!allBytes.includes(name)) return;
      expect(sums(opsOf(whole))).toBe(0);
      expect(count(opsOf(whole), "quantise")).toBe(1);
      expect(found).toEqual(await outputOf(whole, x, "reference"));
    },
  );
});

test("weights are whole numbers up to 127, each output with a scale that gives them back", async () => {
  const { small, whole } = await made(
    sequential({ conv: conv2d(3, 3), fc: linearOf(4) }),
    [2, 5, 5],
  );
  const { layout } = whole.net;
  expect(layout.params.map(({ name, kind }) => [name, kind])).toEqual([
    ["conv.weight", "weight"],
    ["conv.scale", "scale"],
    ["conv.bias", "bias"],
    ["fc.weight", "weight"],
    ["fc.scale", "scale"],
    ["fc.bias", "bias"],
  ]);
  const numbers = ({ net, w }: CompactNet, name: string) => {
    const { offset, shape } = net.layout.params.find((param) => param.name === name)!;
    return w.subarray(offset, offset + sizeOf(shape));
  };
  const [weight, scale] = ["conv.weight", "conv.scale"].map((name) => numbers(whole, name));
  for (let o = 0; o < 3; o++) {
    const own = weight.subarray(o * 18, (o + 1) * 18);
    expect(Math.max(...own.map(Math.abs))).toBe(127);
    expect(own.every(Number.isInteger)).toBe(true);
    const given = numbers(small, "conv.weight").subarray(o * 18, (o + 1) * 18);
    own.forEach((value, at) => {
      expect(Math.abs(value * scale[o] - given[at])).toBeLessThanOrEqual(scale[o] * 0.501);
    });
  }
});

/** A linear layer behind flattening, under its own name. */
function linearOf(outputs: number): Layer {
  return (x, scope) => linear(outputs)(flatten()(x, scope), scope);
}

test("a ReLU, behind a pooling too, is where bytes saturate", async () => {
  const layer = sequential(
    conv2d(4, 3),
    rectifier(),
    maxPool(2),
    conv2d(4, 3),
    maxPool(2),
    rectifier(),
    flatten(),
    linear(3),
  );
  const { whole, small, x } = await made(layer, [1, 14, 14]);
  expect(opsOf(whole)).not.toContain("relu");
  expect(distance(await outputOf(whole, x), await outputOf(small, x))).toBeLessThan(0.05);
});

test("where somebody else sees what goes into a ReLU, both have their numbers", async () => {
  const layer: Layer = (x, scope) => {
    const y = conv2d(4, 3)(x, scope);
    return flatten()(add(relu(y), mul(y, constant(x.graph, -2))), scope);
  };
  const { whole, small, x } = await made(layer, [1, 8, 8]);
  expect(distance(await outputOf(whole, x), await outputOf(small, x))).toBeLessThan(0.05);
});

test("ranges of one batch are those of any other", async () => {
  const layer = sequential(conv2d(4, 3), rectifier(), flatten(), linear(3));
  const { whole, ranges, x, small } = await made(layer, [1, 6, 6], 4);
  const one = netOf({ layer, input: [1, 6, 6] }, 1, inference);
  const alone = integers(compact(one, initialise(one, 3)), ranges);
  const all = await outputOf(whole, x);
  expect(all).toHaveLength(12);
  for (let at = 0; at < 4; at++) {
    const own = await outputOf(alone, x.slice(at * 36, (at + 1) * 36));
    expect(own).toEqual(all.slice(at * 3, (at + 1) * 3));
  }
  expect(small.w.length).toBe(whole.w.length - 7);
});

test("layers to keep stay in f32, and are named", async () => {
  const layer = sequential({
    a: conv2d(4, 3),
    relu: rectifier(),
    b: conv2d(4, 3),
    fc: linearOf(2),
  });
  const { small, ranges, x } = await made(layer, [1, 8, 8]);
  const kept = integers(small, ranges, { keep: ["b"] });
  expect(count(opsOf(kept), "conv2d")).toBe(1);
  expect(count(opsOf(kept), "integerConv2d")).toBe(2);
  expect(kept.net.layout.params.map(({ name }) => name)).toContain("b.weight");
  expect(distance(await outputOf(kept, x), await outputOf(small, x))).toBeLessThan(0.05);
  expect(() => integers(small, ranges, { keep: ["c"] })).toThrow('keep: the net has no layer "c"');
});

test("ranges of another net are refused", async () => {
  const { small } = await made(sequential(conv2d(4, 3)), [1, 8, 8]);
  expect(() => integers(small, new Map())).toThrow("they belong to another net");
});

test("a channel without weights, and a bias that outweighs them, keep their numbers", async () => {
  const net = netOf({ layer: sequential(flatten(), linear(3)), input: [1, 2, 2] }, 1, inference);
  const w = Float32Array.of(
    ...[0, 0, 0, 0],
    ...[1e-12, 0, 0, 0],
    ...[1, -1, 0.5, 0.25],
    0.75,
    2,
    -1,
  );
  const given = compact(net, w);
  const x = Float32Array.of(1, 0.5, 0.25, 0);
  const found = await outputOf(integers(given, await rangesOf(given, x)), x);
  expect(found[0]).toBeCloseTo(0.75, 5);
  expect(found[1]).toBeCloseTo(2, 5);
  expect(found[2]).toBeCloseTo(-0.375, 1);
});

test("calibration needs images, and a rule that exists", async () => {
  const { small, x } = await made(sequential(conv2d(2, 3)), [1, 8, 8]);
  const engine = await createEngine();
  await expect(calibrate(engine, small, [])).rejects.toThrow("at least one batch");
  await expect(calibrate(engine, small, [x], { rule: "mse2" as "mse" })).rejects.toThrow(
    /rule.*mse2/,
  );
  await engine.close();
});
