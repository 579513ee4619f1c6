// The learning-rate range test (Smith 2015, arXiv 1506.01186): one short training in which the rate rises from
// step to step. Where the loss falls fastest is a good rate; where it begins to rise is too large a one.

import { lineCharts } from "../charts/lineChart.js";
import { InputError } from "../inputError.js";
import { toCsv } from "../text/csv.js";
import { sixDigits } from "../text/format.js";
import { DivergedError, type TrainSettings } from "../train/index.js";
import type { OwnParts } from "../train/prepare.js";
import { learnSteps, withTrial } from "./trial.js";

/** Settings of {@link rangeTest}. */
export interface RangeOptions extends OwnParts {
  /** Rate of the first step; default 1e-5. */
  readonly low?: number;
  /** Rate of the last step; default 10. */
  readonly high?: number;
  /** At least 10; default 150. */
  readonly steps?: number;
}

/** One step of the test. */
export interface RangePoint {
  readonly lr: number;
  /** Of its batch. */
  readonly loss: number;
  /** Running mean of the losses. */
  readonly smooth: number;
}

/** What a range test found. */
export interface RangeTest {
  readonly points: readonly RangePoint[];
  /** Where the smooth loss falls fastest; absent when it never fell. */
  readonly suggestion?: number;
  /** Rate at which the loss had grown to four times its smallest value, or was no number. */
  readonly diverged?: number;
}

/** Share of the past in the smooth loss. */
const MEMORY = 0.9;
/** The test ends when the smooth loss is so many times its smallest value. */
const BURST = 4;
/** Points on each side that a slope is taken over. */
const REACH = 4;

function checkOptions({ low, high, steps }: Required<Omit<RangeOptions, keyof OwnParts>>): void {
  if (!(low > 0 && high > low && Number.isFinite(high))) {
    throw new InputError(`range test: from ${low} to ${high}; expected rates above 0 that rise`);
  }
  if (!(Number.isInteger(steps) && steps >= 10)) {
    throw new InputError(`range test: ${steps} steps; expected a whole number from 10 on`);
  }
}

/** The rate at the steepest fall on the way to the smallest smooth loss. */
function steepest(points: readonly RangePoint[]): number | undefined {
  const least = points.reduce(
    (best, { smooth }, at) => (smooth < points[best].smooth ? at : best),
    0,
  );
  let [found, fall] = [-1, 0];
  for (let at = REACH; at <= least - 1; at++) {
    const end = points[Math.min(at + REACH, points.length - 1)];
    const slope = end.smooth - points[at - REACH].smooth;
    if (slope < fall) [found, fall] = [at, slope];
  }
  return points[found]?.lr;
}

/**
 * Trains a net with rising learning rates; the schedule and the rate of the settings do not matter.
 *
 * @throws InputError for rates that do not rise and fewer than 10 steps; as the trainer does for
 * settings and data that cannot be used.
 * @example
 * const settings = { data: "mnist", model: "lenet5" };
 * const { points, suggestion } = await rangeTest(settings, { steps: 60, high: 1 });
 * points[0].lr; // 0.00001
 * suggestion! > 1e-5 && suggestion! < 1; // true
 */
export async function rangeTest(
  settings: Partial<TrainSettings>,
  { low = 1e-5, high = 10, steps = 150, ...own }: RangeOptions = {},
): Promise<RangeTest> {
  checkOptions({ low, high, steps });
  const rate = {
    at: (step: number) => low * (high / low) ** (step / (steps - 1)),
    factor: () => 1,
  };
  const points: RangePoint[] = [];
  let [mean, least, diverged] = [0, Number.POSITIVE_INFINITY, undefined as number | undefined];
  await withTrial(settings, { ...own, rate }, ({ learner }) =>
    learnSteps(
      learner,
      0,
      steps,
      ({ lr, loss }) => {
        mean = MEMORY * mean + (1 - MEMORY) * loss;
        const smooth = mean / (1 - MEMORY ** (points.length + 1));
        points.push({ lr, loss, smooth });
        least = Math.min(least, smooth);
        if (smooth > BURST * least) diverged ??= lr;
      },
      () => diverged === undefined,
    ),
  ).catch((error) => {
    if (!(error instanceof DivergedError)) throw error;
    diverged ??= rate.at(points.length);
  });
  return { points, suggestion: steepest(points), diverged };
}

/** Files that a range test leaves in its folder. */
export const rangeFiles = { table: "range.csv", chart: "range.svg" } as const;

/** One row a step. */
export function rangeTable({ points }: RangeTest): string {
  const columns = ["lr", "loss", "smooth"] as const;
  return toCsv(
    columns,
    points.map((point) => columns.map((name) => sixDigits(point[name]))),
  );
}

/** Loss and smooth loss over the logarithm of the rate, as far as they are worth a look. */
export function rangeChart({ points }: RangeTest): string {
  const highest = 1.5 * points[0].smooth;
  const along = (name: string, of: (point: RangePoint) => number) => ({
    name,
    points: points
      .filter((point) => of(point) <= highest)
      .map((point) => [Math.log10(point.lr), of(point)] as const),
  });
  const series = [along("batch", ({ loss }) => loss), along("smooth", ({ smooth }) => smooth)];
  const chart = { title: "Loss", xLabel: "log10 of the learning rate", xStep: 0, series };
  return lineCharts("Learning-rate range test", [chart]);
}
