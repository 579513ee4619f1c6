// Tables of a small-data benchmark: for people in Markdown, for programs a row a run as CSV.

import { join } from "node:path";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { parseSpace } from "../../search/index.js";
import { valueIn } from "../../study/search/parameters.js";
import { type Estimate, withinShares } from "../../study/statistics.js";
import { toCsv } from "../../text/csv.js";
import { counted } from "../../text/format.js";
import { type Cells, interval, markdownTable, shown, signed } from "../tables.js";
import type { SmallDataReport, SmallDataRow } from "./report.js";

/** Files of a benchmark's folder beside its plan. */
export const smallDataFiles = { runs: "results.csv", table: "table.md" } as const;

/** A row a method: its score, the interval, and how far it is from the first one. */
export function smallDataCells({ rows, score }: SmallDataReport): Cells {
  const { metric, unit } = score;
  const show = shown[unit];
  const within = (value: Estimate) => (unit === "share" ? withinShares(value) : value);
  const cells = ({ method, results, diverged, value, std, versus }: SmallDataRow) => [
    method,
    `${results.reduce((sum, { runs }) => sum + runs.length, 0)}${diverged > 0 ? ` (${diverged} diverged)` : ""}`,
    value ? show(value.mean) : "-",
    std === undefined ? "-" : show(std),
    value ? interval(within(value), show) : "-",
    versus ? signed(show)(versus.mean) : "-",
    versus ? interval(versus, signed(show)) : "-",
  ];
  const suffix = unit === "share" ? ", %" : "";
  return {
    header: [
      ...["method", "runs", `${metric}${suffix}`, "std of a run", "95 % interval"],
      ...[`less ${rows[0].method}`, "its 95 % interval"],
    ],
    rows: rows.map(cells),
  };
}

/** What stands below the table: how to read it. */
export function smallDataRemarks({
  data,
  perClass,
  splits,
  seeds,
  trials,
  complete,
  score,
  rows,
}: SmallDataReport): string[] {
  const failed = rows.filter(({ results }) => results.some(({ settings }) => !settings));
  return [
    `${data}: ${counted(perClass, "image")} of each class, ${counted(splits, "split")}, ${counted(seeds, "run")} on each with the best of ${counted(trials, "trial")}`,
    splits > 1
      ? "intervals are over the means of the splits: what other images of the same number would give"
      : "one split: intervals are over its runs, and say nothing of other images",
    ...(score.better === "lower" ? [`${score.metric}: less is better`] : []),
    ...failed.map(
      ({ method }) => `${method}: all trials of a search have failed; its runs are missing`,
    ),
    ...(complete ? [] : ["not all runs are over; the rest may change everything"]),
  ];
}

/** A row a run, with the settings that were found. */
function runsTable({ rows, space, score }: SmallDataReport): string {
  const names = parseSpace(space).map(({ name }) => name);
  return toCsv(
    ["method", "split", "seed", ...names, score.metric],
    rows.flatMap(({ tuned, results }) =>
      results.flatMap(({ method, split, settings = {}, runs }) =>
        runs.map((run) => [
          ...[method, split, run.seed],
          ...names.map((name) => (tuned ? valueIn(settings, name) : undefined)),
          run.score,
        ]),
      ),
    ),
  );
}

/** Brings the tables in a folder up to date. */
export async function writeSmallData(out: string, report: SmallDataReport): Promise<void> {
  await writeFileAtomic(join(out, smallDataFiles.runs), runsTable(report));
  const remarks = smallDataRemarks(report).map((line) => `- ${line}`);
  const lines = [...markdownTable(smallDataCells(report)), "", ...remarks];
  await writeFileAtomic(join(out, smallDataFiles.table), `${lines.join("\n")}\n`);
}
