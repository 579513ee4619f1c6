// What a net loses when a layer has fewer bits, to second order: the mean eigenvalue of the layer's Hessian times the
// squared distance that its weights move (Dong et al. 2019, HAWQ-V2, arXiv 1911.03852).

import type { BitChoice, BitLayer } from "./allocate.js";
import { type BitCost, type BitWork, costOf } from "./work.js";

/**
 * The squared distance that weights move when each output's are rounded to so many bits, as {@link perChannel} does.
 *
 * @param weights of one output behind those of another
 * @example
 * squaredDistance(Float32Array.of(1, 0.4, 5, 2), 2, 2).toFixed(2); // "4.16"
 */
export function squaredDistance(weights: Float32Array, outputs: number, bits: number): number {
  const each = weights.length / outputs;
  const high = 2 ** (bits - 1) - 1;
  let sum = 0;
  for (let from = 0; from < weights.length; from += each) {
    const own = weights.subarray(from, from + each);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest / high || 1;
    for (const value of own) sum += (Math.round(value / scale) * scale - value) ** 2;
  }
  return sum;
}

/** A layer's weights, and the mean eigenvalue of its Hessian. */
export interface LayerCurvature {
  readonly weights: Float32Array;
  readonly mean: number;
}

/** What {@link bitLayers} makes of layers. */
export interface Sensitivities {
  readonly layers: readonly BitLayer[];
  /** Layers whose trace was not above 0, which says nothing of them. */
  readonly negative: readonly string[];
}

/** What a layer counts beside the least sensitive one, of which no trace tells anything: it gets the bits that are left over. */
const NEXT_TO_NOTHING = 1e-3;

/**
 * The layers of an allocation: what each loses and costs in so many bits. A trace that is not above 0 counts as next to
 * nothing.
 *
 * @param curvature by the layer's name
 * @param bits that a layer may have
 */
export function bitLayers(
  work: readonly BitWork[],
  curvature: ReadonlyMap<string, LayerCurvature>,
  bits: readonly number[],
  cost: BitCost,
): Sensitivities {
  const means = work.map(({ name }) => curvature.get(name)!.mean);
  const positive = means.filter((mean) => mean > 0);
  const least = NEXT_TO_NOTHING * (positive.length > 0 ? Math.min(...positive) : 1);
  const negative = work.filter((_, at) => !(means[at] > 0));
  const layers = work.map((layer) => {
    const { weights, mean } = curvature.get(layer.name)!;
    const choice = (b: number): BitChoice => ({
      bits: b,
      loss: (mean > 0 ? mean : least) * squaredDistance(weights, layer.outputs, b),
      cost: costOf(cost, [layer], b),
    });
    return { name: layer.name, tie: layer.tie, choices: bits.map(choice) };
  });
  return { layers, negative: negative.map(({ name }) => name) };
}
