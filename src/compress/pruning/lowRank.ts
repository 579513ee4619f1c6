// What little of the weights lies along other directions goes: layers become two of low rank (Jaderberg et al. 2014, arXiv
// 1405.3866; ranks by energy as Zhang et al. 2015, arXiv 1411.4229), where these hold fewer numbers.

import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import {
  factorise,
  layersOf,
  matrixOf,
  rankFor,
  spectrumOf,
  withFactors,
} from "../lowRank/index.js";
import type { Pruner } from "./pruner.js";

/** A layer's factors, where they are smaller than its weights and lose no more than a share of the sum of squares. */
function factorsOf(whole: CompactNet, name: string, share: number) {
  const weights = matrixOf(whole, name);
  const { rows, columns } = weights;
  const spectrum = spectrumOf(weights);
  const rank = rankFor(spectrum, share);
  if (rank * (rows + columns) >= rows * columns) return undefined;
  return { ...factorise(weights, spectrum, rank), rank };
}

export const lowRankPruner: Pruner = {
  name: "low-rank",
  source: "Jaderberg et al. 2014, arXiv 1405.3866; Zhang et al. 2015, arXiv 1411.4229",
  shareOf: "once",
  // A step of both factors moves their product by the squares of its singular values.
  rate: 0.1,
  prune(whole, share) {
    if (!(share > 0 && share < 1)) {
      throw new InputError(`prune low-rank: expected a share above 0 and below 1, found ${share}`);
    }
    const layers = [...layersOf(whole.net).keys()];
    if (layers.length === 0) {
      throw new InputError(
        "prune low-rank: no layer multiplies by its weights as they are; masks and quantisers stand in between: prune the run before them",
      );
    }
    const found = layers.flatMap((name) => {
      const factors = factorsOf(whole, name, share);
      return factors ? ([[name, factors]] as const) : [];
    });
    if (found.length === 0) {
      throw new InputError(
        `prune low-rank: no layer loses as little as ${share} of its squares by two layers with fewer numbers; take a larger share`,
      );
    }
    const ranks = Object.fromEntries(found.map(([name, { rank }]) => [name, rank]));
    return { small: withFactors(whole, new Map(found)), passes: [{ pass: "low-rank", ranks }] };
  },
};
