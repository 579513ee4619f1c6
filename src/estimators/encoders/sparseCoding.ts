// Sparse coding (Olshausen and Field 1996, "Emergence of simple-cell receptive field properties by learning a sparse code for
// natural images", Nature 381): rows are sums of few atoms of a dictionary that is learned with the codes.

import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import {
  checkAsked,
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
import { fista, sparseLosses } from "./fista.js";
import { batchesOf, type Multiply, multiplied, rowMatrix, timesMatrix } from "./products.js";

const defaults = { atoms: 128, lambda: 0.2, steps: 60, epochs: 5, batch: 256 };

/**
 * The largest lambda with which half of the rows have a code that is not all zero: the median over rows of the largest
 * |row . atom|.
 */
export async function largestLambda(rows: Matrix, atoms: Matrix, multiply: Multiply) {
  const along = await multiply(rows, atoms);
  const most = new Float64Array(rows.rows);
  for (const [at, value] of along.data.entries()) {
    const row = Math.floor(at / along.columns);
    most[row] = Math.max(most[row], Math.abs(value));
  }
  most.sort();
  return most[Math.floor(most.length / 2)];
}

/** Refuses codes of which none says anything. */
export function expectCodes(name: string, codes: Matrix, lambda: number): void {
  if (codes.data.some((value: number) => value !== 0)) return;
  throw new InputError(
    `${name}: with option lambda ${lambda} all codes are zero; take a smaller one, such as ${lambda / 2}`,
  );
}

function open(saved: SavedEncoder, multiply: Multiply): FittedEncoder {
  const { columns, options, arrays } = saved;
  const { atoms, lambda: single } = arrays;
  const settings = { lambda: single.data[0], steps: options["steps"], multiply };
  const encode = async (rows: Matrix) => {
    checkAsked("sparse-coding", rows, columns);
    return fista(rows, atoms, settings);
  };
  return {
    encode,
    async decode(codes) {
      checkAsked("sparse-coding, codes", codes, atoms.rows);
      return timesMatrix(multiply, codes, atoms);
    },
    async score(rows) {
      const losses = await sparseLosses(rows, await encode(rows), atoms, settings);
      return losses.map((loss) => -loss);
    },
    saved,
  };
}

async function fit(
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { random = DEFAULT_RANDOM, multiply = multiplied, onProgress }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults("sparse-coding", defaults, given);
  for (const option of ["atoms", "steps", "epochs", "batch"] as const) {
    checkWhole("sparse-coding", option, options[option], 1);
  }
  checkBetween("sparse-coding", "lambda", options.lambda, [1e-6, 1]);
  checkRows("sparse-coding", rows);
  if (rows.data.every((value: number) => value === 0)) {
    throw new InputError("sparse-coding: all rows are zero; there is nothing to learn atoms from");
  }
  const drawn = new Random(random);
  const learner = new DictionaryLearner(firstAtoms(rows, options.atoms, drawn), multiply);
  const { atoms } = learner;
  const lambda = options.lambda * (await largestLambda(rows, atoms, multiply));
  const steps = { lambda, steps: options.steps, multiply };
  let last: Matrix | undefined;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const batches = batchesOf(drawn.permutation(rows.rows), options.batch);
    for (const [at, batch] of batches.entries()) {
      const seen = takeRows(rows, batch);
      last = await fista(seen, atoms, steps);
      expectCodes("sparse-coding", last, options.lambda);
      const spare = () => rowOf(rows, drawn.integer(rows.rows));
      await learner.add(seen, last, 1 - batch.length / rows.rows, spare);
      onProgress?.((epoch + (at + 1) / batches.length) / options.epochs);
    }
  }
  const arrays = { atoms, lambda: rowMatrix(Float64Array.of(lambda)) };
  const saved = { encoder: "sparse-coding", columns: rows.columns, options, arrays };
  return { ...open(saved, multiply), warnings: last ? deadUnits(last) : [] };
}

/**
 * Sparse coding. Options: `atoms` of the dictionary, 128; `lambda`, the weight of the codes' absolute entries as a share of that
 * with which half of the codes are all zero at the start, 0.2; `steps` of FISTA for a code, 60; `epochs`, 5; rows of a
 * `batch`, 256. The score of a row is minus the least loss.
 *
 * @throws InputError where lambda is so large that all codes are zero.
 * @example
 * const rows = matrixOf([[1, 0], [2, 0], [0, 1], [0, 3]]);
 * const { encode, decode } = await sparseCoding.fit(rows, { atoms: 3, lambda: 0.01, epochs: 20 });
 * const back = await decode!(await encode(rows));
 * back.data.every((value, at) => Math.abs(value - rows.data[at]) < 0.1); // true
 */
export const sparseCoding: Encoder = {
  name: "sparse-coding",
  description: "sums of few atoms of a dictionary",
  source: "Olshausen and Field 1996, Nature 381; Mairal et al. 2009, ICML; Beck and Teboulle 2009",
  defaults,
  fit: (rows, options, context = {}) => fit(rows, options, context),
  open: (saved, multiply = multiplied) => open(saved, multiply),
};
