// Metrics of values, in their own units.

import type { ValueLabels } from "../../data/index.js";
import type { Constants, MetricInfo, Metrics, MetricValues, OutputReport } from "../task.js";

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

/** Sums of one value. Truths are taken less the training mean, so that their squares keep their digits. */
interface Sums {
  count: number;
  absolute: number;
  squared: number;
  truth: number;
  truthSquared: number;
}

/** Sums over an evaluation; values that are not known do not count. */
export class ValueMetrics implements Metrics {
  private readonly sums: readonly Sums[];

  constructor(
    private readonly labels: ValueLabels,
    private readonly constants: Constants,
  ) {
    this.sums = labels.names.map(() => ({
      ...{ count: 0, absolute: 0, squared: 0, truth: 0, truthSquared: 0 },
    }));
  }

  add(output: Float32Array, indices: Int32Array): void {
    const { length } = this.sums;
    const { mean, std } = this.constants;
    for (const [row, image] of indices.entries()) {
      for (const [at, sums] of this.sums.entries()) {
        const truth = this.labels.of[image * length + at] - mean[at];
        if (Number.isNaN(truth)) continue;
        const apart = output[row * length + at] * std[at] - truth;
        sums.count++;
        sums.absolute += Math.abs(apart);
        sums.squared += apart * apart;
        sums.truth += truth;
        sums.truthSquared += truth * truth;
      }
    }
  }

  values(): MetricValues {
    const rows = this.outputs().filter(({ support }) => support > 0);
    const mean = (name: string) =>
      rows.reduce((sum, row) => sum + (row[name] as number), 0) / rows.length;
    return { mae: mean("mae"), rmse: mean("rmse"), r2: mean("r2") };
  }

  outputs(): OutputReport[] {
    return this.sums.map(({ count, absolute, squared, truth, truthSquared }, at) => {
      const variation = truthSquared - (truth * truth) / count;
      return {
        name: this.labels.names[at],
        support: count,
        mae: absolute / count,
        rmse: Math.sqrt(squared / count),
        r2: variation > 0 ? 1 - squared / variation : Number.NaN,
      };
    });
  }
}
