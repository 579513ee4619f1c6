// Principal components as codes (Pearson 1901; Hotelling 1933), and whitening: in the components themselves, or turned back
// so that a whitened image is as near to the image as can be (ZCA: Bell and Sejnowski 1997, "The independent components of
// natural scenes are edge filters").

import { InputError } from "../../inputError.js";
import { checkAsked, type EstimatorOptions, withDefaults } from "../estimator.js";
import type { Matrix } from "../matrix.js";
import { pca as principal } from "../pca.js";
import {
  checkBetween,
  checkRows,
  type Encoder,
  type EncoderFit,
  type FitContext,
  type FittedEncoder,
  type SavedEncoder,
} from "./encoder.js";
import {
  type Multiply,
  mapped,
  multiplied,
  rowMatrix,
  squaredErrors,
  timesMatrix,
} from "./products.js";

/** How many components have a share of the variance, or the number that is asked for itself. */
function countOf(shares: Float64Array, keep: number): number {
  if (keep >= 1) return Math.min(keep, shares.length);
  let sum = 0;
  const found = shares.findIndex((share) => (sum += share) >= keep);
  return found < 0 ? shares.length : found + 1;
}

/** What is added to variances before they are divided by: a share of their median. */
function epsilonOf(variances: Float64Array, share: number): number {
  const sorted = variances.slice().sort();
  return share * (sorted[Math.floor(sorted.length / 2)] ?? 0);
}

interface Kind {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly defaults: EstimatorOptions;
  /** Whether components are divided by their spread. */
  whitens(options: EstimatorOptions): boolean;
  /** Whether codes are turned back into the space of the rows. */
  readonly turned: boolean;
}

function fitted(kind: Kind, saved: SavedEncoder, multiply: Multiply): FittedEncoder {
  const { means, components, scales } = saved.arrays;
  const encode = async (rows: Matrix) => {
    checkAsked(kind.name, rows, saved.columns);
    const centred = mapped(rows, (value, column) => value - means.data[column]);
    const along = await multiply(centred, components);
    const scaled = mapped(along, (value, column) => value * scales.data[column]);
    return kind.turned ? timesMatrix(multiply, scaled, components) : scaled;
  };
  const decode = async (codes: Matrix) => {
    checkAsked(`${kind.name}, codes`, codes, kind.turned ? saved.columns : components.rows);
    const along = kind.turned ? await multiply(codes, components) : codes;
    const sizes = mapped(along, (value, column) => value / scales.data[column]);
    const rows = await timesMatrix(multiply, sizes, components);
    return mapped(rows, (value, column) => value + means.data[column]);
  };
  return {
    encode,
    decode,
    score: async (rows) => squaredErrors(rows, await decode(await encode(rows))).map((sum) => -sum),
    saved,
  };
}

async function fit(
  kind: Kind,
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { multiply = multiplied }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults(kind.name, kind.defaults, given);
  const { keep = 1, epsilon } = options;
  if (!(keep > 0 && (keep <= 1 || Number.isInteger(keep)))) {
    throw new InputError(
      `${kind.name}: option keep is ${keep}; expected a share of the variance from 0 to 1, or a whole number of components`,
    );
  }
  checkBetween(kind.name, "epsilon", epsilon, [0, 1e6]);
  checkRows(kind.name, rows);
  const all = principal(rows, Math.min(rows.rows, rows.columns));
  if (all.components.rows === 0) {
    throw new InputError(`${kind.name}: all rows are equal; there is no direction with variance`);
  }
  const count = keep === 1 ? all.components.rows : countOf(all.shares, keep);
  const added = epsilonOf(all.variances, epsilon);
  const scales = kind.whitens(options)
    ? all.variances.subarray(0, count).map((variance) => 1 / Math.sqrt(variance + added))
    : new Float64Array(count).fill(1);
  const components = {
    data: all.components.data.slice(0, count * rows.columns),
    rows: count,
    columns: rows.columns,
  };
  const arrays = { means: rowMatrix(all.means), components, scales: rowMatrix(scales) };
  const saved = { encoder: kind.name, columns: rows.columns, options, arrays };
  return { ...fitted(kind, saved, multiply), warnings: [] };
}

const encoderOf = (kind: Kind): Encoder => ({
  name: kind.name,
  description: kind.description,
  source: kind.source,
  defaults: kind.defaults,
  fit: (rows, options, context = {}) => fit(kind, rows, options, context),
  open: (saved, multiply = multiplied) => fitted(kind, saved, multiply),
});

/**
 * Principal components. Options: `keep`, the share of the variance that they hold or, from 2 on, how many there are, 0.99;
 * `whiten`, 1 to divide each by its spread, 0; `epsilon`, what is added to the variances in that, as a share of their
 * median, 0.1. The score of a row is minus its squared distance to what its code stands for.
 *
 * @example
 * const rows = matrixOf([[1, 2], [2, 4], [3, 6]]);
 * const fit = await pcaEncoder.fit(rows);
 * (await fit.encode(rows)).columns; // 1
 */
export const pcaEncoder: Encoder = encoderOf({
  name: "pca",
  description: "principal components, whitened on demand",
  source: "Pearson 1901; Hotelling 1933",
  defaults: { keep: 0.99, whiten: 0, epsilon: 0.1 },
  whitens: ({ whiten }) => whiten > 0,
  turned: false,
});

/**
 * Whitened rows of the same columns. Option: `epsilon`, what is added to the variances, as a share of their median, 0.1.
 * Directions without variance, as those of pixels that never change, become 0.
 *
 * @example
 * const rows = matrixOf([[0, 0], [0, 2], [4, 0], [4, 2]]);
 * const { encode } = await zcaEncoder.fit(rows, { epsilon: 0 });
 * (await encode(rows)).data[1].toFixed(4); // "-0.8660"
 */
export const zcaEncoder: Encoder = encoderOf({
  name: "zca",
  description: "whitened features, as near to the features as can be",
  source: "Bell and Sejnowski 1997, Vision Research 37",
  defaults: { epsilon: 0.1 },
  whitens: () => true,
  turned: true,
});
