// Restricted Boltzmann machines as encoders: a code holds the probabilities of the hidden units.

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
import type { Matrix } from "../matrix.js";
import { standardise } from "../standardise.js";
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
import { type Multiply, mapped, multiplied, rowMatrix } from "./products.js";
import { freeEnergies, hiddenMeans, type Machine, visibleMeans } from "./rbmModel.js";
import { trainMachine } from "./rbmTraining.js";

const usual = { hidden: 128, epochs: 10, batch: 50, decay: 2e-4, steps: 1, chains: 0 };

/** Refuses options that no machine learns with. */
export function checkMachineOptions(name: string, options: Readonly<Record<string, number>>): void {
  for (const option of ["epochs", "batch", "steps"]) checkWhole(name, option, options[option], 1);
  checkWhole(name, "chains", options["chains"], 0);
  checkPositive(name, "rate", options["rate"]);
  checkBetween(name, "decay", options["decay"], [0, 1]);
}

/** Refuses rows that are no probabilities. */
export function expectShares(name: string, { data, columns }: Matrix): void {
  const odd = data.findIndex((value: number) => !(value >= 0 && value <= 1));
  if (odd < 0) return;
  throw new InputError(
    `${name}: row ${Math.floor(odd / columns)}, column ${odd % columns} (from 0) is ${data[odd]}; expected numbers from 0 to 1; ` +
      "scale the columns, or take gaussian-rbm, which is for numbers of any size",
  );
}

/** What rows are before a machine sees them, and back. */
interface Scale {
  to(rows: Matrix): Matrix;
  back(rows: Matrix): Matrix;
}

const machineOf = ({ weights, visible, hidden }: SavedEncoder["arrays"], gaussian: boolean) =>
  ({ weights, visible, hidden, gaussian }) satisfies Machine;

function open(name: string, gaussian: boolean, saved: SavedEncoder, multiply: Multiply) {
  const machine = machineOf(saved.arrays, gaussian);
  const { means, stds } = saved.arrays;
  const scale: Scale = gaussian
    ? {
        to: (rows) => mapped(rows, (value, at) => (value - means.data[at]) / stds.data[at]),
        back: (rows) => mapped(rows, (value, at) => value * stds.data[at] + means.data[at]),
      }
    : { to: (rows) => rows, back: (rows) => rows };
  const asked = (rows: Matrix) => {
    checkAsked(name, rows, saved.columns);
    if (!gaussian) expectShares(name, rows);
    return scale.to(rows);
  };
  return {
    encode: async (rows) => hiddenMeans(machine, asked(rows), multiply),
    async decode(codes) {
      checkAsked(`${name}, codes`, codes, machine.weights.rows);
      return scale.back(await visibleMeans(machine, codes, multiply));
    },
    score: async (rows) =>
      (await freeEnergies(machine, asked(rows), multiply)).map((energy) => -energy),
    saved,
  } satisfies FittedEncoder;
}

async function fit(
  { name, defaults }: Pick<Encoder, "name" | "defaults">,
  gaussian: boolean,
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { random = DEFAULT_RANDOM, multiply = multiplied, onProgress }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults(name, { ...usual, rate: defaults["rate"] }, given);
  checkWhole(name, "hidden", options.hidden, 1);
  checkMachineOptions(name, options);
  checkRows(name, rows);
  if (!gaussian) expectShares(name, rows);
  const scale = gaussian ? standardise(rows) : undefined;
  const seen = scale ? scale.transform(rows) : rows;
  const drawn = new Random(random);
  const settings = { ...options, gaussian };
  const { machine, warnings } = await trainMachine(seen, settings, drawn, multiply, onProgress);
  const { gaussian: _, ...parameters } = machine;
  const scales = scale && { means: rowMatrix(scale.means), stds: rowMatrix(scale.stds) };
  const arrays = { ...parameters, ...scales };
  const fitted = open(
    name,
    gaussian,
    { encoder: name, columns: rows.columns, options, arrays },
    multiply,
  );
  return { ...fitted, warnings: [...warnings, ...deadUnits(await fitted.encode(rows))] };
}

const encoderOf = (about: Omit<Encoder, "fit" | "open">, gaussian: boolean): Encoder => ({
  ...about,
  fit: (rows, options, context = {}) => fit(about, gaussian, rows, options, context),
  open: (saved, multiply = multiplied) => open(about.name, gaussian, saved, multiply),
});

/**
 * A machine of units that are 0 or 1, for rows of numbers from 0 to 1. Options: `hidden` units, 128; `epochs`, 10; rows of a
 * `batch`, 50; `rate`, 0.05; `decay`, 0.0002; `steps` of a chain for an update, 1; `chains` that go on from update to update
 * (PCD, without momentum and with a rate that falls to 0, which may begin ten times as high), 0 for chains that start at the
 * data (CD). The score of a row is minus its free energy.
 *
 * @throws InputError naming a number that is not from 0 to 1.
 * @example
 * const rows = matrixOf([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]);
 * const { encode } = await rbm.fit(rows, { hidden: 2, epochs: 5 });
 * (await encode(rows)).columns; // 2
 */
export const rbm: Encoder = encoderOf(
  {
    name: "rbm",
    description: "a restricted Boltzmann machine of units that are 0 or 1",
    source: "Hinton 2002, Neural Computation 14; Tieleman 2008, ICML",
    defaults: { ...usual, rate: 0.05 },
  },
  false,
);

/**
 * As {@link rbm}, for numbers of any size: columns are brought to mean 0 and spread 1, and the visible units are normal. Its
 * rate is 0.005.
 */
export const gaussianRbm: Encoder = encoderOf(
  {
    name: "gaussian-rbm",
    description: "a restricted Boltzmann machine whose visible units are real numbers",
    source: "Hinton and Salakhutdinov 2006, Science 313",
    defaults: { ...usual, rate: 0.005 },
  },
  true,
);
