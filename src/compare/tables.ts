// A comparison's tables: for people in Markdown, for programs as CSV, and a row a run.

import { join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { PLAN } from "../study/folder.js";
import { type Estimate, mean, withinShares } from "../study/statistics.js";
import type { MetricInfo } from "../tasks/index.js";
import { formatBytes } from "../text/bytes.js";
import { type CsvValue, toCsv } from "../text/csv.js";
import { counted, hundredths } from "../text/format.js";
import { dotPlots } from "./dotPlot.js";
import { bestOf, type Metric, type Outcome, worstOf } from "./outcome.js";
import type { Plan } from "./plan.js";
import { type BudgetTable, type Comparison, type Row, report } from "./report.js";

/** Files of a comparison's folder, relative to it. */
export const compareFiles = {
  plan: PLAN,
  results: "results.csv",
  tableMarkdown: "table.md",
  table: "table.csv",
  chart: "table.svg",
} as const;

/** A table of texts. */
export interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const UNKNOWN = "-";

/** How scores of a unit are shown: shares in percent, `98.76`, other numbers as they are. */
export const shown: Readonly<Record<MetricInfo["unit"], (value: number) => string>> = {
  share: (value) => hundredths(value),
  number: (value) => String(Number(value.toPrecision(4))),
};

/** `+0.53`: a difference with its sign. */
export const signed = (show: (value: number) => string) => (value: number) => {
  const text = show(value);
  return Number(text) > 0 ? `+${text}` : text.replace(/^-(0\.?0*)$/, "$1");
};

/** `1.2 to 3.4`, or `unknown`. */
export const interval = ({ low, high }: Estimate, show: (share: number) => string): string =>
  low === undefined || high === undefined ? "unknown" : `${show(low)} to ${show(high)}`;

/** The interval of a score: of a share as far as shares go. */
const scoreInterval = (value: Estimate, unit: MetricInfo["unit"]): string =>
  interval(unit === "share" ? withinShares(value) : value, shown[unit]);

/** A column: its title and what it shows of a row. */
interface Column {
  readonly title: string;
  show(row: Row): string | undefined;
}

/** Only where nets train together do particles differ from what is deployed. */
const particleColumns = (show: (value: number) => string, suffix: string): readonly Column[] =>
  (["best", "mean", "worst"] as const).map((name) => ({
    title: `${name}${suffix}`,
    show: ({ scores }) => scores && show(scores[name]),
  }));

const sentColumn: Column = {
  title: "sent",
  show: ({ bytesSent }) => (bytesSent === undefined ? undefined : formatBytes(bytesSent)),
};

function columnsOf({ metric, baseline, score }: Comparison, rows: readonly Row[]): Column[] {
  const show = shown[score.unit];
  const suffix = score.unit === "share" ? " %" : ` ${score.metric}`;
  const tuned = rows.some(({ lr }) => lr !== undefined);
  const swarms = rows.some(({ particles = 1 }) => particles > 1);
  const named = new Set(["deployed", ...(swarms ? ["best", "mean", "worst"] : [])]);
  return [
    { title: "method", show: ({ method }) => method },
    ...(tuned ? [{ title: "lr", show: ({ lr }: Row) => lr?.toString() }] : []),
    {
      title: "nets x epochs",
      show: ({ particles, epochs }) =>
        epochs === undefined ? undefined : `${particles} x ${epochs}`,
    },
    {
      title: "runs",
      show: ({ runs, diverged }) => (diverged > 0 ? `${runs} (${diverged} diverged)` : `${runs}`),
    },
    { title: `deployed${suffix}`, show: ({ scores }) => scores && show(scores.deployed) },
    ...(swarms ? particleColumns(show, suffix) : []),
    ...(named.has(metric)
      ? []
      : [{ title: `${metric}${suffix}`, show: ({ value }: Row) => value && show(value.mean) }]),
    {
      title: `95 % interval of ${metric}`,
      show: ({ value }) => value && scoreInterval(value, score.unit),
    },
    {
      title: `less ${baseline}`,
      show: ({ versus }) => versus?.difference && signed(show)(versus.difference.mean),
    },
    {
      title: "95 % interval",
      show: ({ versus }) => versus?.difference && interval(versus.difference, signed(show)),
    },
    {
      title: "won/tied/lost",
      show: ({ versus }) => versus && `${versus.wins}/${versus.ties}/${versus.losses}`,
    },
    ...(rows.some(({ bytesSent }) => bytesSent !== undefined) ? [sentColumn] : []),
    { title: "s a run", show: ({ seconds }) => seconds?.toFixed(1) },
  ];
}

/** The table of a budget as texts. Shares in percent, differences in points of them. */
export function cells(comparison: Comparison, { rows }: BudgetTable): Cells {
  const columns = columnsOf(comparison, rows);
  return {
    header: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ show }) => show(row) ?? UNKNOWN)),
  };
}

/** What stands below the tables: how to read them. */
export function remarks({ standardError, testImages, score, notes }: Comparison): string[] {
  const direction = score.better === "lower" ? [`${score.metric}: less is better`] : [];
  const chance =
    standardError === undefined
      ? []
      : [
          `one test accuracy on ${counted(testImages, "image")} has a standard error of ` +
            `${hundredths(standardError)} points`,
        ];
  return [...direction, ...chance, ...notes];
}

const markdownRow = (row: readonly string[]) =>
  `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** The lines of a table in Markdown; all columns but the first are numbers. */
export function markdownTable({ header, rows }: Cells): string[] {
  const rule = header.map((_, at) => (at === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map(markdownRow);
}

/** The tables as a Markdown page. */
export function toMarkdown(comparison: Comparison): string {
  const sections = comparison.tables.flatMap((table) => [
    `## ${headings[table.budget]}`,
    "",
    ...markdownTable(cells(comparison, table)),
    "",
  ]);
  const list = remarks(comparison).map((remark) => `- ${remark}`);
  return `${[...sections, ...list].join("\n").trimEnd()}\n`;
}

/** What is equal for all methods of a table. */
export const headings = {
  gradients: "Equal gradient evaluations",
  wall: "Equal wall clock",
} as const;

/** CSV of records that have the same fields in the same order. */
const recordsCsv = (records: readonly Readonly<Record<string, CsvValue>>[]): string =>
  toCsv(Object.keys(records[0] ?? {}), records.map(Object.values));

/** A row a method and budget; accuracies and differences are shares of 1. */
export function tableCsv({ tables, metric }: Comparison): string {
  return recordsCsv(
    tables.flatMap(({ budget, rows }) =>
      rows.map(({ versus, value, scores, ...row }) => ({
        budget,
        method: row.method,
        lr: row.lr,
        particles: row.particles,
        epochs: row.epochs,
        runs: row.runs,
        diverged: row.diverged,
        deployed: scores?.deployed,
        best: scores?.best,
        mean: scores?.mean,
        worst: scores?.worst,
        metric,
        value: value?.mean,
        valueLow: value?.low,
        valueHigh: value?.high,
        pairs: versus?.pairs.length,
        difference: versus?.difference?.mean,
        differenceLow: versus?.difference?.low,
        differenceHigh: versus?.difference?.high,
        wins: versus?.wins,
        ties: versus?.ties,
        losses: versus?.losses,
        seconds: row.seconds,
        bytesSent: row.bytesSent,
      })),
    ),
  );
}

/** A row a run. */
export function resultsCsv(outcomes: readonly Outcome[], { better }: Plan["score"]): string {
  return recordsCsv(
    outcomes.map(({ result, ...run }) => ({
      budget: run.budget,
      method: run.method,
      seed: run.seed,
      lr: run.lr,
      particles: run.particles,
      epochs: run.epochs,
      status: result ? "finished" : "diverged",
      selection: result?.selection,
      deployed: result?.deployed,
      testLoss: result?.testLoss,
      best: result && bestOf(result.particles, better),
      mean: result && mean(result.particles),
      worst: result && worstOf(result.particles, better),
      seconds: result?.seconds,
      bytesSent: result?.bytesSent,
      folder: run.folder,
    })),
  );
}

/** Writes all tables and the chart of what is over so far. */
export async function writeTables(
  out: string,
  plan: Plan,
  outcomes: readonly Outcome[],
  metric: Metric,
): Promise<void> {
  const comparison = report(plan, outcomes, metric);
  const contents = {
    results: resultsCsv(outcomes, plan.score),
    table: tableCsv(comparison),
    tableMarkdown: toMarkdown(comparison),
    chart: dotPlots(comparison),
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFileAtomic(join(out, compareFiles[name as keyof typeof contents]), content);
  }
}
