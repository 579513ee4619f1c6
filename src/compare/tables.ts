// A comparison's tables: for people in Markdown, for programs as CSV, and a row a run.

import { join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { PLAN } from "../study/folder.js";
import { type Estimate, mean } from "../study/statistics.js";
import { dotPlots } from "./dotPlot.js";
import type { Metric, Outcome } from "./outcome.js";
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

/** `98.76` from a share of 1. */
const percent = (share: number): string => (100 * share).toFixed(2);

/** `+0.53`, in points of a hundredth. */
function points(share: number): string {
  const text = (100 * share).toFixed(2);
  return Number(text) > 0 ? `+${text}` : text.replace("-0.00", "0.00");
}

const interval = ({ low, high }: Estimate, show: (share: number) => string): string =>
  low === undefined || high === undefined ? "unknown" : `${show(low)} to ${show(high)}`;

/** A column: its title and what it shows of a row. */
interface Column {
  readonly title: string;
  show(row: Row): string | undefined;
}

/** Only where nets train together do particles differ from what is deployed. */
const particleColumns: readonly Column[] = (["best", "mean", "worst"] as const).map((name) => ({
  title: `${name} %`,
  show: ({ accuracy }) => accuracy && percent(accuracy[name]),
}));

/** Bytes in millions, three digits of them. */
const sentColumn: Column = {
  title: "MB sent",
  show: ({ bytesSent }) =>
    bytesSent === undefined ? undefined : String(Number((bytesSent / 1e6).toPrecision(3))),
};

function columnsOf({ metric, baseline }: Comparison, rows: readonly Row[]): Column[] {
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
    { title: "deployed %", show: ({ accuracy }) => accuracy && percent(accuracy.deployed) },
    ...(swarms ? particleColumns : []),
    ...(named.has(metric)
      ? []
      : [{ title: `${metric} %`, show: ({ value }: Row) => value && percent(value.mean) }]),
    {
      title: `95 % interval of ${metric}`,
      show: ({ value }) => value && interval(value, percent),
    },
    {
      title: `less ${baseline}`,
      show: ({ versus }) => versus?.difference && points(versus.difference.mean),
    },
    {
      title: "95 % interval",
      show: ({ versus }) => versus?.difference && interval(versus.difference, points),
    },
    {
      title: "won/tied/lost",
      show: ({ versus }) => versus && `${versus.wins}/${versus.ties}/${versus.losses}`,
    },
    ...(rows.some(({ bytesSent }) => bytesSent !== undefined) ? [sentColumn] : []),
    { title: "s a run", show: ({ seconds }) => seconds?.toFixed(1) },
  ];
}

/** The table of a budget as texts. Accuracies in percent, differences in points of them. */
export function cells(comparison: Comparison, { rows }: BudgetTable): Cells {
  const columns = columnsOf(comparison, rows);
  return {
    header: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ show }) => show(row) ?? UNKNOWN)),
  };
}

/** What stands below the tables: how to read them. */
export function remarks({ standardError, testImages, notes }: Comparison): string[] {
  const chance =
    standardError === undefined
      ? []
      : [
          `one test accuracy on ${testImages} images has a standard error of ` +
            `${percent(standardError)} points`,
        ];
  return [...chance, ...notes];
}

const markdownRow = (row: readonly string[]) =>
  `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** The tables as a Markdown page. */
export function toMarkdown(comparison: Comparison): string {
  const sections = comparison.tables.flatMap((table) => {
    const { header, rows } = cells(comparison, table);
    const rule = header.map((_, at) => (at === 0 ? "---" : "---:"));
    return [`## ${headings[table.budget]}`, "", ...[header, rule, ...rows].map(markdownRow), ""];
  });
  const list = remarks(comparison).map((remark) => `- ${remark}`);
  return `${[...sections, ...list].join("\n").trimEnd()}\n`;
}

/** What is equal for all methods of a table. */
export const headings = {
  gradients: "Equal gradient evaluations",
  wall: "Equal wall clock",
} as const;

type Value = string | number | undefined;

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** CSV of records that have the same fields in the same order; an unknown value is empty. */
function toCsv(records: readonly Readonly<Record<string, Value>>[]): string {
  const [first = {}] = records;
  const lines = records.map((record) =>
    Object.values(record).map((value) => quoted(`${value ?? ""}`)),
  );
  return [Object.keys(first), ...lines].map((line) => `${line.join(",")}\n`).join("");
}

/** A row a method and budget; accuracies and differences are shares of 1. */
export function tableCsv({ tables, metric }: Comparison): string {
  return toCsv(
    tables.flatMap(({ budget, rows }) =>
      rows.map(({ versus, value, accuracy, ...row }) => ({
        budget,
        method: row.method,
        lr: row.lr,
        particles: row.particles,
        epochs: row.epochs,
        runs: row.runs,
        diverged: row.diverged,
        deployed: accuracy?.deployed,
        best: accuracy?.best,
        mean: accuracy?.mean,
        worst: accuracy?.worst,
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
export function resultsCsv(outcomes: readonly Outcome[]): string {
  return toCsv(
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
      best: result && Math.max(...result.particles),
      mean: result && mean(result.particles),
      worst: result && Math.min(...result.particles),
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
    results: resultsCsv(outcomes),
    table: tableCsv(comparison),
    tableMarkdown: toMarkdown(comparison),
    chart: dotPlots(comparison),
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFileAtomic(join(out, compareFiles[name as keyof typeof contents]), content);
  }
}
