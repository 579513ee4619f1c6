// What the numbers of quantisers start as: by the weights of the net, and by what a first batch of images makes of it.

import type { Engine } from "../engine/index.js";
import {
  abs,
  constant,
  mul,
  type ParamLayout,
  reduceSum,
  type Value,
  WEIGHTS,
} from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { IMAGES, type Net } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import type { FirstWeights } from "./passes/pass.js";
import type { QuantiserNumber } from "./placer.js";
import type { Quantisation } from "./quantisation.js";
import { quantiserNumbers } from "./quantise.js";

/** A net as it is before it is quantised, and a batch for it. */
export interface FirstBatch {
  readonly engine: Engine;
  /** As `build` makes it for training, of the batch's size: statistics that nobody has trained say nothing yet. */
  readonly net: Net;
  /** f32 [n, c, h, w]. */
  readonly images: Float32Array;
}

const mean = (x: Value): Value => mul(reduceSum(abs(x)), constant(x.graph, 1 / sizeOf(x.shape)));

/** The vector of a net from that of another one that has its parameters among others. */
function reordered(to: ParamLayout, from: ParamLayout, w: Float32Array): Float32Array {
  const offsets = new Map(from.params.map(({ name, offset }) => [name, offset]));
  const result = new Float32Array(to.length);
  for (const { name, offset, shape } of to.params) {
    const start = offsets.get(name)!;
    result.set(w.subarray(start, start + sizeOf(shape)), offset);
  }
  return result;
}

/** Sets the numbers of quantisers in a vector, by the mean |v| of values of the batch's net that they are about. */
export async function startNumbers(
  all: readonly QuantiserNumber[],
  { engine, net, images }: FirstBatch,
  { layout, w, given }: FirstWeights,
): Promise<void> {
  const numbers = all.filter(({ name }) => !given.has(name));
  if (numbers.length === 0) return;
  const values = [...new Set(numbers.map(({ value }) => value))];
  const { graph, image } = rewrite(
    net.graph,
    ({ op }) => (op.name === "write" ? [] : undefined),
    values,
  );
  for (const [at, value] of values.entries()) graph.output(String(at), mean(image(value)));
  const vector = engine.vector(net.layout.length);
  await vector.write(reordered(net.layout, layout, w));
  const program = await engine.compile(graph);
  const found = await program.run({
    vectors: { [WEIGHTS]: vector },
    inputs: { [IMAGES]: images },
    key: { seed: 0, purpose: "dropout" },
  });
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  for (const { name, own, width, value } of numbers) {
    w[offsets.get(name)!] = own.first(found[values.indexOf(value)][0], width);
  }
}

/**
 * Sets the numbers of quantisers in a vector that belongs to the quantised net, by the mean |v| of what they quantise
 * where nothing is quantised yet.
 *
 * @param weights of the quantised net
 */
export const startQuantisers = (
  quantisation: Quantisation,
  batch: FirstBatch,
  weights: FirstWeights,
): Promise<void> => startNumbers(quantiserNumbers(batch.net, quantisation), batch, weights);
