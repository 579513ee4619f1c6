// Numbers of an image: regression.

import type { ValueLabels } from "../../data/index.js";
import { abs, mul, reduceSum, sub } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { namedValues } from "../../text/named.js";
import { meanOf } from "../average.js";
import { meanOfKnown } from "../known.js";
import { tallyList } from "../tallies.js";
import type { Task } from "../task.js";
import { rowsOf } from "../weighting.js";
import { averageErrors, ValueMetrics, valueMetrics } from "./metrics.js";
import { scalesOf } from "./scales.js";
import { KNOWN, TARGETS, valueTargets } from "./targets.js";

/** Numbers that an image tells. The net learns them with mean 0 and spread 1, squared errors make its loss. */
export const values: Task<ValueLabels> = {
  name: "values",
  description: "numbers per image (regression)",
  labels: "values",
  output: "vector",
  signed: true,
  defaults: { optimizer: "adamw", lr: 0.001, decay: 0.01 },
  outputs: ({ names }) => names,
  check({ name, labels: { of, names } }) {
    if (names.length === 0) throw new InputError(`${name} has no values`);
    for (const [at, title] of names.entries()) {
      if (of.some((value, k) => k % names.length === at && Number.isFinite(value))) continue;
      throw new InputError(`${name}: the value "${title}" is not known of any training image`);
    }
  },
  constants: scalesOf,
  targets: valueTargets,
  loss(output, { [TARGETS]: targets, [KNOWN]: known }, { constants }) {
    const error = sub(output, targets);
    const apart = mul(mul(abs(error), rowsOf(output, constants.std)), known);
    return {
      losses: meanOfKnown(mul(error, error), known),
      tallies: {
        absolute: reduceSum(apart, [0]),
        squared: reduceSum(mul(apart, apart), [0]),
        known: reduceSum(known, [0]),
      },
    };
  },
  trainMetrics(tallies) {
    const [absolute, squared, known] = ["absolute", "squared", "known"].map((name) =>
      tallyList(tallies, name),
    );
    return averageErrors(
      known.map((count, at) => ({ count, absolute: absolute[at], squared: squared[at] })),
    );
  },
  metrics: valueMetrics,
  reportOf: "value",
  reports: { mae: "number", rmse: "number", r2: "number" },
  newMetrics: (labels, constants) => new ValueMetrics(labels, constants),
  average: meanOf,
  decode(output, { names, constants }) {
    const { length } = names;
    const restored = (row: number, at: number) =>
      output[row * length + at] * constants.std[at] + constants.mean[at];
    return Array.from({ length: output.length / length }, (_, row) => ({
      values: Object.fromEntries(names.map((name, at) => [name, restored(row, at)])),
    }));
  },
  caption: ({ values }) => namedValues(Object.entries(values as Readonly<Record<string, number>>)),
  row: ({ values }) => Object.entries(values as Readonly<Record<string, number>>),
};
