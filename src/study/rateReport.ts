// What a study of learning rates found, as a table and a chart.

import { lineCharts } from "../charts/lineChart.js";
import type { RateScore } from "./rates.js";
import { mean } from "./statistics.js";

/** Files that a study of rates leaves in its folder. */
export const rateFiles = { table: "rates.csv", chart: "rates.svg" } as const;

interface Report {
  readonly rates: readonly RateScore[];
  readonly constant: number;
}

const digits = (value: number) => `${Number(value.toPrecision(6))}`;

/** One row a rate: its runs that ended, their mean score and each score, whether one diverged. */
export function ratesTable({ rates }: Report): string {
  const rows = rates.map(({ lr, scores, diverged }) => [
    `${lr}`,
    `${scores.length}`,
    scores.length > 0 ? digits(mean(scores)) : "",
    scores.map(digits).join(" "),
    diverged ? "yes" : "no",
  ]);
  return `${[["lr", "runs", "mean", "scores", "diverged"], ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

/** Mean scores in percent over the logarithm of the rate, beside that of always the same answer. */
export function ratesChart({ rates, constant }: Report): string {
  const scored = rates.filter(({ scores, diverged }) => scores.length > 0 && !diverged);
  const place = ({ lr }: RateScore) => Math.log10(lr);
  const series = [
    {
      name: "mean",
      points: scored.map((rate) => [place(rate), 100 * mean(rate.scores)] as const),
    },
    { name: "constant", points: rates.map((rate) => [place(rate), 100 * constant] as const) },
  ];
  const title = "Accuracy on held-out images, %";
  return lineCharts("Learning rates", [
    { title, xLabel: "log10 of the learning rate", xStep: 0, series },
  ]);
}
