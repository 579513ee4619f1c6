// Sums of powers of two: as cheap as shifts, and dense where most weights are (Li, Dong and Wang 2019, APoT, arXiv
// 1909.13144).

import { div, mul, type Value } from "../../graph/index.js";
import { positive } from "./grid.js";
import { onLevels } from "./levels.js";
import { scaleGradient } from "./lsq.js";
import type { Quantiser } from "./quantiser.js";

/**
 * The numbers of so many bits without a sign, from 0 to 1: all sums of one number of each term. A term of two bits is 0 or
 * one of three powers of two, one of a single bit (the last one where the bits are odd) 0 or one. Powers go round the
 * terms from 1/2 downwards; the sums are divided by the largest.
 *
 * @example
 * sumsOfPowers(2); // [0, 0.25, 0.5, 1]
 */
export function sumsOfPowers(bits: number): readonly number[] {
  const pairs = Math.floor(bits / 2);
  const terms: number[][] = Array.from({ length: pairs }, () => [0]);
  let exponent = 0;
  const round = () => {
    for (const term of terms.slice(0, pairs)) term.push(2 ** --exponent);
  };
  round();
  round();
  if (bits % 2 === 1) terms.push([0, 2 ** --exponent]);
  round();
  const sums = terms.reduce<readonly number[]>(
    (all, term) => all.flatMap((sum) => term.map((power) => sum + power)),
    [0],
  );
  const most = Math.max(...sums);
  return [...new Set(sums)].sort((a, b) => a - b).map((sum) => sum / most);
}

/**
 * The nearest of the numbers +-alpha p of all sums of powers p; one bit is the sign. alpha learns as in APoT: by the sign of
 * what lies beyond it, and by how far rounding moves the rest.
 *
 * @param alpha where numbers are clipped; its size counts
 * @example
 * const graph = new Graph();
 * graph.output("y", apot(input(graph, "x", [3]), constant(graph, 2), 3));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-9, 0.6, 0.1) } })).y]; // [-2, 0.5, 0]
 */
export function apot(x: Value, alpha: Value, bits: number): Value {
  const size = positive(alpha);
  return mul(onLevels(div(x, size), sumsOfPowers(bits - 1)), size);
}

/** Of a normal distribution: its standard deviation in mean absolute values. */
const STD = Math.sqrt(Math.PI / 2);

/** Of weights alone. They stay in their units, of which alpha starts at 3 standard deviations; the authors divide by these. */
export const apotQuantiser: Quantiser = {
  name: "apot",
  source: "Li, Dong and Wang 2019, arXiv 1909.13144",
  bits: [3, 6],
  params: { alpha: { kind: "scale", first: (mean) => 3 * STD * mean || 1 } },
  quantise: (x, { params: { alpha }, bits }) => apot(x, scaleGradient(alpha, x, bits), bits),
};
