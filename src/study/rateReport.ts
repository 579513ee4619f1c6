// What a study of learning rates found, as a table and a chart.

import { lineCharts } from "../charts/lineChart.js";
import { toCsv } from "../text/csv.js";
import type { RateScore } from "./rates.js";
import type { ScoreScale } from "./score.js";
import { mean } from "./statistics.js";

/** Files that a study of rates leaves in its folder. */
export const rateFiles = { table: "rates.csv", chart: "rates.svg" } as const;

interface Report {
  readonly rates: readonly RateScore[];
  readonly scale: ScoreScale;
}

const digits = (value: number) => Number(value.toPrecision(6));

/** One row a rate: its runs that ended, their mean score and each score, whether one diverged. */
export const ratesTable = ({ rates }: Report): string =>
  toCsv(
    ["lr", "runs", "mean", "scores", "diverged"],
    rates.map(({ lr, scores, diverged }) => [
      lr,
      scores.length,
      scores.length > 0 ? digits(mean(scores)) : undefined,
      scores.map(digits).join(" "),
      diverged ? "yes" : "no",
    ]),
  );

/** Mean scores over the logarithm of the rate, shares in percent, beside that of always the same answer. */
export function ratesChart({ rates, scale }: Report): string {
  const { metric, unit, constant } = scale;
  const factor = unit === "share" ? 100 : 1;
  const scored = rates.filter(({ scores, diverged }) => scores.length > 0 && !diverged);
  const along = (name: string, of: readonly RateScore[], value: (rate: RateScore) => number) => ({
    name,
    points: of.map((rate) => [Math.log10(rate.lr), factor * value(rate)] as const),
  });
  const series = [
    along("mean", scored, (one) => mean(one.scores)),
    ...(constant === undefined ? [] : [along("constant", rates, () => constant)]),
  ];
  const title = `${metric} on held-out images${unit === "share" ? ", %" : ""}`;
  return lineCharts("Learning rates", [
    { title, xLabel: "log10 of the learning rate", xStep: 0, series },
  ]);
}
