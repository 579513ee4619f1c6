// A net gives the same by the numbers that its weights count as, and these are few.

import { expect, test } from "vitest";
import { createEngine } from "../engine/index.js";
import { createModel } from "../models/index.js";
import {
  build,
  conv2d,
  flatten,
  initialise,
  linear,
  type Net,
  type NetPass,
  relu,
  sequential,
} from "../nn/index.js";
import { maskWeights, scoreMasks } from "./channels/index.js";
import { quantise } from "./quantise.js";
import { settled } from "./settle.js";

const layer = sequential({ conv: conv2d(4, 3), relu: relu(), flatten: flatten(), fc: linear(3) });
const layers = { conv: [4, 32], fc: [4, 32] } as const;
const options = { training: false };

function changed(passes: readonly NetPass[]): Net {
  const built: Net = build(layer, [1, 1, 6, 6], options);
  return passes.reduce((net, pass) => pass(net, options), built);
}

function numbersOf({ layout }: Net, w: Float32Array, name: string): Float32Array {
  const { offset, shape } = layout.params.find((param) => param.name === name)!;
  return w.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
}

async function outputOf({ graph, output }: Net, w: Float32Array): Promise<Float32Array> {
  const engine = await createEngine();
  if (!graph.outputs.has("y")) graph.output("y", output);
  const vector = engine.vector(w.length);
  await vector.write(w);
  const x = Float32Array.from({ length: 36 }, (_, at) => Math.sin(at));
  const { y } = await (await engine.compile(graph)).run({ vectors: { w: vector }, inputs: { x } });
  const found = Float32Array.from(y);
  await engine.close();
  return found;
}

test.each([
  "lsq",
  "stochastic",
  "symmetric",
  "per-channel",
  "affine",
  "power-of-two",
  "apot",
] as const)("%s: few numbers, and the same outputs", async (method) => {
  const net = changed([quantise({ method, layers })]);
  const w = initialise(net, 1);
  for (const { name, offset } of net.layout.params) if (name.endsWith(".step")) w[offset] = 0.07;
  const few = settled(net, w);
  const each = numbersOf(net, few, "fc.weight");
  expect(new Set(each).size).toBeLessThanOrEqual(method === "per-channel" ? 3 * 16 : 16);
  const [before, after] = [await outputOf(net, w), await outputOf(net, few)];
  if (method === "lsq") expect(after).toEqual(before);
  for (const [at, value] of after.entries()) expect(value).toBeCloseTo(before[at], 5);
  expect(settled(net, few)).toEqual(few);
});

test("masked weights are 0, others stay bit for bit, and scores that training alone needs are 0", () => {
  const net = changed([maskWeights({ "conv.weight": [4, 1, 3, 3] }), scoreMasks(["conv.weight"])]);
  const w = initialise(net, 1);
  numbersOf(net, w, "conv.weight.mask").fill(0, 0, 30);
  numbersOf(net, w, "conv.weight.score").fill(0.5);
  const few = settled(net, w);
  const weights = numbersOf(net, w, "conv.weight");
  expect([...numbersOf(net, few, "conv.weight")]).toEqual([
    ...weights.map((value, at) => (at < 30 ? 0 : value)),
  ]);
  expect([...numbersOf(net, few, "conv.weight.score")]).toEqual(new Array(36).fill(0));
  for (const name of ["conv.bias", "fc.weight", "conv.weight.mask"]) {
    expect(numbersOf(net, few, name)).toEqual(numbersOf(net, w, name));
  }
});

test("of a net that uses weights in several places too", () => {
  const { layer: deep, input } = createModel("odenet4", {
    channels: 3,
    height: 8,
    width: 8,
    outputs: 2,
  });
  const built: Net = build(deep, [1, ...input], options);
  const [{ name, shape }] = built.layout.params.filter(({ kind }) => kind === "weight");
  const net = maskWeights({ [name]: shape })(built);
  const w = initialise(net, 1);
  expect(settled(net, w)).toEqual(w);
});
