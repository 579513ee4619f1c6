// Values and gradients of every quantiser on every engine, against PyTorch, Brevitas and the papers' equations; see
// test/support/quantisers.py.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  affine,
  apot,
  dorefaImages,
  dorefaWeights,
  lsq,
  pact,
  perChannel,
  powerOfTwo,
  stochastic,
  symmetric,
  type Width,
} from "../../src/compress/index.js";
import type { Engine } from "../../src/engine/index.js";
import {
  abs,
  Graph,
  gradients,
  input,
  mul,
  reduceMax,
  reduceSum,
  type Value,
} from "../../src/graph/index.js";
import { everyEngine } from "./engines.js";

interface Case extends Width {
  readonly name: string;
  readonly by: string;
  readonly x: number[];
  readonly y: number[];
  readonly dx: number[];
  readonly params: Readonly<Record<string, number>>;
  readonly dparams: Readonly<Record<string, number>>;
}

const file = new URL("../fixtures/quantisers.json", import.meta.url);
const { shape, grad, cases } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly shape: number[];
  readonly grad: number[];
  readonly cases: Case[];
};

type Make = (x: Value, params: Readonly<Record<string, Value>>, width: Width) => Value;

const most = (x: Value) => reduceMax(abs(x));

const makers: Readonly<Record<string, Make>> = {
  affine: (x, { low, high }, { bits }) => affine(x, { low, high }, bits),
  symmetric: (x, _, width) => symmetric(x, most(x), width),
  "per-channel": (x, _, { bits }) => perChannel(x, 0, bits),
  lsq: (x, { step }, width) => lsq(x, step, width),
  pact: (x, { alpha }, width) => pact(x, alpha, width),
  "dorefa-weights": (x, _, { bits }) => dorefaWeights(x, bits),
  "dorefa-images": (x, _, { bits }) => dorefaImages(x, bits),
  apot: (x, { alpha }, { bits }) => apot(x, alpha, bits),
  "power-of-two": (x, _, { bits }) => powerOfTwo(x, most(x), bits),
};

/** Quantised numbers, and the gradients of their sum weighed by the fixture's factors. */
async function run(engine: Engine, { name, x: numbers, params, ...width }: Case) {
  const graph = new Graph();
  const x = input(graph, "x", shape);
  const names = Object.keys(params);
  const own = Object.fromEntries(names.map((key) => [key, input(graph, key, [1])]));
  const y = makers[name](x, own, width);
  const slopes = gradients(reduceSum(mul(y, input(graph, "grad", shape))), [
    x,
    ...Object.values(own),
  ]);
  graph.output("y", y);
  for (const [at, slope] of slopes.entries()) graph.output(["dx", ...names][at], slope);
  const program = await engine.compile(graph);
  const given = Object.entries(params).map(([key, value]) => [key, Float32Array.of(value)]);
  return program.run({
    inputs: {
      x: Float32Array.from(numbers),
      grad: Float32Array.from(grad),
      ...Object.fromEntries(given),
    },
  });
}

/** The largest difference, beside the largest number. */
function difference(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found).toHaveLength(wanted.length);
  const largest = Math.max(1, ...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, at) => Math.abs(found[at] - value))) / largest;
}

const title = ({ name, bits, signed, by }: Case) =>
  `${name}, ${bits} bits${signed ? "" : ", from 0 on"}: as ${by}`;

describe.each(everyEngine)("$title", ({ open, skip }) => {
  it.skipIf(skip).each(cases.map((one) => [title(one), one] as const))("%s", async (_, one) => {
    const engine = await open();
    const found = await run(engine, one);
    await engine.close();
    expect(difference(found.y, one.y)).toBeLessThan(1e-6);
    expect(difference(found.dx, one.dx)).toBeLessThan(1e-6);
    // What flows to weights goes through tanh as well, whose last digit engines differ in.
    for (const [key, slope] of Object.entries(one.dparams)) {
      expect(difference(found[key], [slope])).toBeLessThan(1e-5);
    }
  });

  it.skipIf(skip)("stochastic: the two nearest numbers, and on average the number", async () => {
    const engine = await open();
    const graph = new Graph();
    const x = input(graph, "x", [20_000]);
    const y = stochastic(x, input(graph, "most", []), 3, 0);
    graph.output("y", y);
    graph.output("dx", gradients(reduceSum(y), [x])[0]);
    const program = await engine.compile(graph);
    const numbers = Float32Array.from({ length: 20_000 }, (_, at) => [0.7, -1.2, 2, 5][at % 4]);
    const { y: found, dx } = await program.run({
      inputs: { x: numbers, most: Float32Array.of(3) },
      key: { seed: 1, purpose: "noise" },
    });
    await engine.close();
    const of = (which: number) => [...found].filter((_, at) => at % 4 === which);
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(new Set(of(0))).toEqual(new Set([0, 1]));
    expect(new Set(of(1))).toEqual(new Set([-1, -2]));
    expect(new Set(of(2))).toEqual(new Set([2]));
    expect(new Set(of(3))).toEqual(new Set([3]));
    // Four standard errors of 5000 draws.
    expect(Math.abs(mean(of(0)) - 0.7)).toBeLessThan(0.026);
    expect(Math.abs(mean(of(1)) + 1.2)).toBeLessThan(0.023);
    expect([...dx.subarray(0, 4)]).toEqual([1, 1, 1, 0]);
  });
});
