// Metrics of values, in their own units.

import type { ValueLabels } from "../../data/index.js";
import type {
  ConstantAnswer,
  Constants,
  MetricInfo,
  Metrics,
  MetricValues,
  OutputReport,
} from "../task.js";

const error = { better: "lower", unit: "number", trained: true } as const;

export const valueMetrics: readonly MetricInfo[] = [
  { name: "mae", ...error, description: "mean absolute error, averaged over the values" },
  {
    name: "rmse",
    ...error,
    description: "root of the mean squared error, averaged over the values",
  },
  {
    name: "r2",
    better: "higher",
    unit: "number",
    description: "share of the variance that is explained, averaged over the values",
  },
];

/** Sums of the errors of one value. */
interface ErrorSums {
  /** How often it is known. */
  readonly count: number;
  readonly absolute: number;
  readonly squared: number;
}

/** Errors of one value; NaN where it is never known. */
const errorsOf = ({ count, absolute, squared }: ErrorSums) => ({
  mae: absolute / count,
  rmse: Math.sqrt(squared / count),
});

/** The mean of the numbers that there are; NaN when there are none. */
function mean(values: readonly number[]): number {
  const told = values.filter((value) => !Number.isNaN(value));
  return told.reduce((sum, value) => sum + value, 0) / told.length;
}

/** Errors averaged over the values, each counting alike however often it is known. */
export function averageErrors(sums: readonly ErrorSums[]): { mae: number; rmse: number } {
  const errors = sums.map(errorsOf);
  return { mae: mean(errors.map(({ mae }) => mae)), rmse: mean(errors.map(({ rmse }) => rmse)) };
}

/** Sums of one value, and of its truths mean and sum of squares about it as they come (Welford 1962). */
interface Sums extends ErrorSums {
  readonly mean: number;
  readonly variation: number;
  /** Absolute distances of the truths to the training mean. */
  readonly away: number;
}

const noSums: Sums = { count: 0, absolute: 0, squared: 0, mean: 0, variation: 0, away: 0 };

function added(sums: Sums, truth: number, error: number, trainMean: number): Sums {
  const count = sums.count + 1;
  const away = truth - sums.mean;
  const mean = sums.mean + away / count;
  return {
    count,
    absolute: sums.absolute + Math.abs(error),
    squared: sums.squared + error * error,
    mean,
    variation: sums.variation + away * (truth - mean),
    away: sums.away + Math.abs(truth - trainMean),
  };
}

/**
 * Sums over an evaluation; what is not known does not count. Each metric is the mean over the values, scikit-learn's
 * `multioutput="uniform_average"`, in training as in evaluation. A value whose truths are all equal has no variance to
 * explain: its r2 is NaN and left out of the mean, where scikit-learn counts 1 or 0 (`force_finite`).
 */
export class ValueMetrics implements Metrics {
  private readonly sums: Sums[];

  constructor(
    private readonly labels: ValueLabels,
    private readonly constants: Constants,
  ) {
    this.sums = labels.names.map(() => noSums);
  }

  add(output: Float32Array, indices: Int32Array): void {
    const { length } = this.sums;
    const { mean, std } = this.constants;
    for (const [row, image] of indices.entries()) {
      for (const [at, sums] of this.sums.entries()) {
        const truth = this.labels.of[image * length + at];
        if (Number.isNaN(truth)) continue;
        const found = output[row * length + at] * std[at] + mean[at];
        this.sums[at] = added(sums, truth, found - truth, mean[at]);
      }
    }
  }

  values(): MetricValues {
    const r2s = this.outputs().map(({ r2 }) => r2 as number);
    return { ...averageErrors(this.sums), r2: mean(r2s) };
  }

  get constant(): ConstantAnswer {
    const value = mean(this.sums.map(({ count, away }) => away / count));
    return { metric: "mae", value, says: "the mean of the training images" };
  }

  outputs(): OutputReport[] {
    return this.sums.map((sums, at) => ({
      name: this.labels.names[at],
      support: sums.count,
      ...errorsOf(sums),
      r2: sums.variation > 0 ? 1 - sums.squared / sums.variation : Number.NaN,
    }));
  }
}
