// Predictive sparse decomposition (Kavukcuoglu, Ranzato and LeCun 2008, "Fast inference in sparse coding algorithms with
// applications to object recognition", arXiv 1010.3467): a dictionary whose sparse codes a fast function learns to foretell,
//   1/2 |x - h D|^2 + lambda |h|_1 + alpha |h - f(x)|^2, f(x) = g tanh(x K^T + b),
// in turn the best h, then D and f. Codes are what f says.

import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import {
  checkAsked,
  checkPositive,
  checkWhole,
  DEFAULT_RANDOM,
  type EstimatorOptions,
  withDefaults,
} from "../estimator.js";
import { type Matrix, rowOf, takeRows } from "../matrix.js";
import { DictionaryLearner, firstAtoms } from "./dictionary.js";
import {
  checkBetween,
  checkRows,
  deadUnits,
  type Encoder,
  type EncoderFit,
  type FitContext,
  type FittedEncoder,
  type SavedEncoder,
} from "./encoder.js";
import { fista } from "./fista.js";
import {
  batchesOf,
  crossProducts,
  type Multiply,
  mapped,
  multiplied,
  rowMatrix,
  squaredErrors,
  timesMatrix,
} from "./products.js";
import { expectCodes, largestLambda } from "./sparseCoding.js";

const NAME = "psd";
const defaults = { atoms: 128, lambda: 0.2, alpha: 1, steps: 40, epochs: 10, batch: 100 };

/** Steps of the encoder for each batch, and their size, as a share of what a linear one could take. */
const STEPS = 4;
const RATE = 0.5;

/** What foretells codes: K [atoms, columns], b and g [1, atoms]. */
interface Foreteller {
  readonly filters: Matrix;
  readonly biases: Matrix;
  readonly gains: Matrix;
}

async function bends({ filters, biases }: Foreteller, rows: Matrix, multiply: Multiply) {
  const along = await multiply(rows, filters);
  return mapped(along, (value, unit) => Math.tanh(value + biases.data[unit]));
}

const foretold = (bent: Matrix, { gains }: Foreteller): Matrix =>
  mapped(bent, (value, unit) => value * gains.data[unit]);

/** A step of the foreteller towards codes. */
async function follow(
  of: Foreteller,
  rows: Matrix,
  codes: Matrix,
  multiply: Multiply,
  rate: number,
) {
  const bent = await bends(of, rows, multiply);
  const said = foretold(bent, of);
  const { columns } = codes;
  const errors = mapped(said, (value, _, at) => value - codes.data[at]);
  const inner = mapped(
    errors,
    (value, unit, at) => value * of.gains.data[unit] * (1 - bent.data[at] ** 2),
  );
  const change = await crossProducts(multiply, inner, rows);
  const share = rate / rows.rows;
  for (let at = 0; at < change.data.length; at++) of.filters.data[at] -= share * change.data[at];
  for (let at = 0; at < errors.data.length; at++) {
    of.gains.data[at % columns] -= share * errors.data[at] * bent.data[at];
    of.biases.data[at % columns] -= share * inner.data[at];
  }
}

function open(saved: SavedEncoder, multiply: Multiply): FittedEncoder {
  const { atoms, filters, biases, gains } = saved.arrays;
  const foreteller = { filters, biases, gains };
  const encode = async (rows: Matrix) => {
    checkAsked(NAME, rows, saved.columns);
    return foretold(await bends(foreteller, rows, multiply), foreteller);
  };
  const decode = async (codes: Matrix) => {
    checkAsked(`${NAME}, codes`, codes, atoms.rows);
    return timesMatrix(multiply, codes, atoms);
  };
  return {
    encode,
    decode,
    score: async (rows) => squaredErrors(rows, await decode(await encode(rows))).map((sum) => -sum),
    saved,
  };
}

async function fit(
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { random = DEFAULT_RANDOM, multiply = multiplied, onProgress }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults(NAME, defaults, given);
  for (const option of ["atoms", "steps", "epochs", "batch"] as const) {
    checkWhole(NAME, option, options[option], 1);
  }
  checkBetween(NAME, "lambda", options.lambda, [1e-6, 1]);
  checkPositive(NAME, "alpha", options.alpha);
  checkRows(NAME, rows);
  let square = 0;
  for (const value of rows.data) square += value * value;
  if (square === 0) throw new InputError(`${NAME}: all rows are zero; there is nothing to learn`);
  const drawn = new Random(random);
  const learner = new DictionaryLearner(firstAtoms(rows, options.atoms, drawn), multiply);
  const { atoms } = learner;
  const lambda = options.lambda * (await largestLambda(rows, atoms, multiply));
  const foreteller: Foreteller = {
    filters: { ...atoms, data: Float64Array.from(atoms.data) },
    biases: rowMatrix(new Float64Array(options.atoms)),
    gains: rowMatrix(new Float64Array(options.atoms).fill(1)),
  };
  const rate = RATE / (1 + square / rows.rows);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const batches = batchesOf(drawn.permutation(rows.rows), options.batch);
    for (const [at, batch] of batches.entries()) {
      const seen = takeRows(rows, batch);
      const said = foretold(await bends(foreteller, seen, multiply), foreteller);
      const near = { codes: said, weight: options.alpha };
      const codes = await fista(seen, atoms, { lambda, steps: options.steps, near, multiply });
      expectCodes(NAME, codes, options.lambda);
      const spare = () => rowOf(rows, drawn.integer(rows.rows));
      await learner.add(seen, codes, 1 - batch.length / rows.rows, spare);
      for (let step = 0; step < STEPS; step++)
        await follow(foreteller, seen, codes, multiply, rate);
      onProgress?.((epoch + (at + 1) / batches.length) / options.epochs);
    }
  }
  const arrays = { atoms, ...foreteller };
  const fitted = open({ encoder: NAME, columns: rows.columns, options, arrays }, multiply);
  return { ...fitted, warnings: deadUnits(await fitted.encode(rows)) };
}

/**
 * Predictive sparse decomposition. Options: `atoms`, 128; `lambda` as of {@link sparseCoding}, 0.2; `alpha`, the weight of the
 * distance between codes and what is foretold, 1; `steps` of FISTA for a code in training, 40; `epochs`, 10; rows of a `batch`, 100.
 * The score of a row is minus its squared distance to what its code stands for.
 *
 * @throws InputError where lambda is so large that all codes are zero.
 * @example
 * const rows = matrixOf([[1, 0], [2, 0], [0, 1], [0, 3]]);
 * const { encode } = await psd.fit(rows, { atoms: 2 });
 * (await encode(rows)).columns; // 2
 */
export const psd: Encoder = {
  name: NAME,
  description: "a fast function that foretells sparse codes",
  source: "Kavukcuoglu, Ranzato and LeCun 2008, arXiv 1010.3467",
  defaults,
  fit: (rows, options, context = {}) => fit(rows, options, context),
  open: (saved, multiply = multiplied) => open(saved, multiply),
};
