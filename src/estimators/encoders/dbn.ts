// Deep belief networks (Hinton, Osindero and Teh 2006, "A fast learning algorithm for deep belief nets", Neural Computation
// 18): machines on top of each other, each trained on the codes of the one below, and then left as it is.

import { Random } from "../../tensor/philox.js";
import {
  checkAsked,
  checkWhole,
  DEFAULT_RANDOM,
  type EstimatorOptions,
  withDefaults,
} from "../estimator.js";
import type { Matrix } from "../matrix.js";
import {
  checkRows,
  deadUnits,
  type Encoder,
  type EncoderFit,
  type FitContext,
  type FittedEncoder,
  type SavedEncoder,
} from "./encoder.js";
import { type Multiply, multiplied } from "./products.js";
import { checkMachineOptions, expectShares } from "./rbm.js";
import { hiddenMeans, type Machine, visibleMeans } from "./rbmModel.js";
import { trainMachine } from "./rbmTraining.js";

const NAME = "dbn";

/** Layers of no units are left out. */
const LAYERS = ["hidden1", "hidden2", "hidden3"] as const;

const defaults = {
  ...{ hidden1: 256, hidden2: 128, hidden3: 0 },
  ...{ epochs: 10, batch: 50, rate: 0.05, decay: 2e-4, steps: 1, chains: 0 },
};

/** The machines, the one that sees rows first. */
const machinesOf = (arrays: SavedEncoder["arrays"]): Machine[] =>
  LAYERS.filter((layer) => arrays[`${layer}.weights`]).map((layer) => ({
    weights: arrays[`${layer}.weights`],
    visible: arrays[`${layer}.visible`],
    hidden: arrays[`${layer}.hidden`],
    gaussian: false,
  }));

function open(saved: SavedEncoder, multiply: Multiply): FittedEncoder {
  const machines = machinesOf(saved.arrays);
  return {
    async encode(rows) {
      checkAsked(NAME, rows, saved.columns);
      expectShares(NAME, rows);
      let codes = rows;
      for (const machine of machines) codes = await hiddenMeans(machine, codes, multiply);
      return codes;
    },
    async decode(codes) {
      checkAsked(`${NAME}, codes`, codes, machines[machines.length - 1].weights.rows);
      let rows = codes;
      for (const machine of machines.toReversed())
        rows = await visibleMeans(machine, rows, multiply);
      return rows;
    },
    saved,
  };
}

async function fit(
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { random = DEFAULT_RANDOM, multiply = multiplied, onProgress }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults(NAME, defaults, given);
  for (const layer of LAYERS) checkWhole(NAME, layer, options[layer], layer === "hidden1" ? 1 : 0);
  checkMachineOptions(NAME, options);
  checkRows(NAME, rows);
  expectShares(NAME, rows);
  const drawn = new Random(random);
  const layers = LAYERS.filter((layer) => options[layer] > 0);
  const arrays: Record<string, Matrix> = {};
  const warnings: string[] = [];
  let codes = rows;
  for (const [at, layer] of layers.entries()) {
    const settings = { ...options, hidden: options[layer], gaussian: false };
    const tell = (share: number) => onProgress?.((at + share) / layers.length);
    const { machine, warnings: own } = await trainMachine(codes, settings, drawn, multiply, tell);
    for (const part of ["weights", "visible", "hidden"] as const) {
      arrays[`${layer}.${part}`] = machine[part];
    }
    codes = await hiddenMeans(machine, codes, multiply);
    warnings.push(...[...own, ...deadUnits(codes)].map((warning) => `${layer}: ${warning}`));
  }
  return { ...open({ encoder: NAME, columns: rows.columns, options, arrays }, multiply), warnings };
}

/**
 * A stack of machines of units that are 0 or 1, for rows of numbers from 0 to 1; a code holds what the topmost says. Options:
 * `hidden1`, `hidden2` and `hidden3`, their units, 256, 128 and 0 (none); the others as of {@link rbm}. It has no score: the
 * probability of a row cannot be told from its stack.
 *
 * @example
 * const rows = matrixOf([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]);
 * const { encode } = await dbn.fit(rows, { hidden1: 3, hidden2: 2, epochs: 5 });
 * (await encode(rows)).columns; // 2
 */
export const dbn: Encoder = {
  name: NAME,
  description: "restricted Boltzmann machines on top of each other",
  source: "Hinton, Osindero and Teh 2006, Neural Computation 18",
  defaults,
  fit: (rows, options, context = {}) => fit(rows, options, context),
  open: (saved, multiply = multiplied) => open(saved, multiply),
};
