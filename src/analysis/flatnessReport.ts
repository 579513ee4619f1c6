// Local energy profiles as files: a table of one, a chart of several.

import { lineCharts } from "../charts/lineChart.js";
import { toCsv } from "../text/csv.js";
import { sixDigits } from "../text/format.js";
import type { Flatness } from "./flatness.js";

/** Files that a profile leaves in a run folder. */
export const flatnessFiles = { table: "flatness.csv", chart: "flatness.svg" } as const;

const columns = ["sigma", "energy", "standardError"] as const;

/** One row a strength; energies are shares of 1. */
export function flatnessTable({ points }: Flatness): string {
  return toCsv(
    columns,
    points.map((point) => columns.map((name) => sixDigits(point[name]))),
  );
}

/** A profile and what to call it. */
export interface NamedFlatness extends Flatness {
  readonly name: string;
}

/** Profiles in one image, in percentage points: the lower, the flatter. */
export function flatnessChart(profiles: readonly NamedFlatness[]): string {
  const series = profiles.map(({ name, points }) => ({
    name,
    points: points.map(({ sigma, energy }) => [sigma, 100 * energy] as const),
  }));
  const title = "Growth of the training error (points)";
  return lineCharts("Local energy", [{ title, xLabel: "sigma", xStep: 0, series }]);
}
