// `convoy select TABLE --method A,B`: selectors of features compared by nested folds.

import type { Command } from "commander";
import { type FeatureTable, readFeatures } from "../data/index.js";
import { classifiers, getClassifier } from "../estimators/index.js";
import {
  getSelector,
  type SelectorOptions,
  selectorOptions,
  selectors,
} from "../selection/index.js";
import {
  type Estimate,
  keptShares,
  runSelections,
  type SelectionMethod,
  type SelectionProgress,
  type SelectionRow,
  type SelectionRun,
  selectionRows,
  withinShares,
} from "../study/index.js";
import { countFrom } from "../study/seeds.js";
import { counted, grouped, hundredths, percent } from "../text/format.js";
import { count, list } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { parseNumber, parseTexts } from "./flags.js";
import { interruptible } from "./interrupt.js";
import { parseOwnOptions } from "./ownOptions.js";
import { table } from "./table.js";
import { timeLeft } from "./timeLeft.js";

interface Options {
  readonly method: string;
  readonly classifier: string;
  readonly folds: number;
  readonly seeds: number;
  readonly particles: number;
  readonly iterations: number;
  readonly alpha: number;
  readonly columns?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Columns that are named as kept most often. */
const LISTED = 10;

/** `aapso:altruismOrder=published` as a method. */
function parseMethod(typed: string): SelectionMethod {
  const { name, options: given } = parseOwnOptions("method", typed);
  const selector = getSelector(name);
  const options = given as SelectorOptions;
  selectorOptions(selector, options);
  return { name: typed, selector, options };
}

/** A line for each run that is over; on a terminal also one for that in progress. */
export function showProgress(stream: Stream, folds: number, now = () => performance.now()) {
  const live = stream.isTTY === true;
  const start = now();
  /** Folds that this session did; what was read took no time. */
  let own = 0;
  const about = (left: number) => {
    const text = timeLeft((now() - start) / 1000, own, left);
    return text && `, about ${text}`;
  };
  return ({ method, seed, done, total, fold, run }: SelectionProgress): void => {
    if (fold !== undefined) own++;
    const left = about((total - done) * folds - (fold === undefined ? 0 : fold + 1));
    if (run) {
      const outer = run.folds.reduce((sum, one) => sum + one.outer / run.folds.length, 0);
      const line = `[${done}/${total}] ${method}, seed ${seed}: outer accuracy ${percent(outer)}${left}`;
      stream.write(`${live ? "\r\x1b[K" : ""}${line}\n`);
    } else if (live) {
      stream.write(
        `\r\x1b[K[${done + 1}/${total}] ${method}, seed ${seed}: fold ${fold! + 1}${left}`,
      );
    }
  };
}

const withInterval = ({ mean, low, high }: Estimate, show: (value: number) => string) =>
  low === undefined ? show(mean) : `${show(mean)} (${show(low)} to ${show(high!)})`;

const signed = (value: number) => `${value < 0 ? "" : "+"}${hundredths(value)}`;
const shown = (value: number) => hundredths(value);
const short = (value: number) => `${Number(value.toPrecision(3))}`;

function rowsOf(rows: readonly SelectionRow[]): string[][] {
  return rows.map(({ method, outer, inner, leak, features, evaluations, distinct, versus }) => [
    method,
    withInterval(withinShares(outer), shown),
    versus ? withInterval(versus, signed) : "",
    versus ? short(versus.p) : "",
    shown(inner.mean),
    withInterval(leak, signed),
    features.mean.toFixed(1),
    `${grouped(evaluations)} (${grouped(distinct)})`,
  ]);
}

/** What was dropped, and what each method kept most often. */
function remarks(runs: readonly SelectionRun[], data: FeatureTable, methods: readonly string[]) {
  const droppedAt = new Map(
    runs.flatMap(({ folds }) =>
      folds.flatMap(({ dropped }) => dropped.map(({ column, why }) => [column, why] as const)),
    ),
  );
  const dropped = [...droppedAt].map(([column, why]) => `${data.columns[column]} (${why})`);
  const some = dropped.slice(0, LISTED).join(", ");
  const more = dropped.length > LISTED ? ` and ${grouped(dropped.length - LISTED)} more` : "";
  return [
    ...(dropped.length > 0 ? [`dropped, in one training part at least: ${some}${more}`] : []),
    ...methods.map((method) => {
      const kept = [...keptShares(runs, method)].slice(0, LISTED);
      const shares = kept.map(([column, share]) => `${data.columns[column]} ${percent(share, 0)}`);
      return `${method} kept most often: ${shares.join(", ")}`;
    }),
  ];
}

const header = [
  ...["method", "outer accuracy, %", "less baseline", "p", "inner", "leak", "features"],
  "evaluations (different)",
];

function print(stream: Stream, runs: readonly SelectionRun[], data: FeatureTable): void {
  const rows = selectionRows(runs);
  const { features, names, name } = data;
  const baseline = rows.find(({ versus }) => !versus)!.method;
  const methods = rows.map(({ method }) => method).filter((method) => method !== "none");
  say(stream);
  say(
    stream,
    `${name}: ${counted(features.rows, "sample")}, ${counted(features.columns, "feature")}, ${counted(names.length, "class", "classes")}`,
  );
  for (const line of table(header, rowsOf(rows))) say(stream, line);
  say(stream);
  say(
    stream,
    `baseline: ${baseline}; means over folds with 95 % intervals over seeds; leak: inner less outer`,
  );
  for (const remark of remarks(runs, data, methods)) say(stream, remark);
}

const asObject = (runs: readonly SelectionRun[], data: FeatureTable) => ({
  table: {
    name: data.name,
    samples: data.features.rows,
    features: data.features.columns,
    classes: data.names,
  },
  methods: selectionRows(runs).map((row) => ({
    ...row,
    kept: Object.fromEntries(
      [...keptShares(runs, row.method)].map(([column, share]) => [data.columns[column], share]),
    ),
  })),
});

async function run(path: string, options: Options, console: Console): Promise<void> {
  const { method, classifier: named, seeds, columns, out, json, quiet, ...settings } = options;
  const methods = list(method).map(parseMethod);
  const classifier = getClassifier(named);
  const data = await readFeatures(path, columns);
  const study = {
    ...settings,
    ...{ table: data, methods, classifier, out },
    seeds: countFrom(1, seeds),
  };
  const stream = json ? console.err : console.out;
  const runs = await interruptible(
    (signal) =>
      runSelections(study, {
        signal,
        watch: quiet ? undefined : showProgress(stream, study.folds),
      }),
    (line) => say(console.err, line),
  );
  if (!runs) {
    throw new Interrupted(
      out === undefined
        ? "nothing is saved; with --out the same command goes on where it stopped"
        : "saved; the same command goes on where it stopped",
    );
  }
  if (json) sayJson(console, asObject(runs, data));
  else print(console.out, runs, data);
}

const described = (all: readonly { readonly name: string; readonly description: string }[]) =>
  all.map(({ name, description }) => `  ${name.padEnd(10)}${description}`).join("\n");

export function define(command: Command, console: Console): void {
  command
    .argument("<table>", "features.npz (features, labels), or .csv, .csv.gz with the class last")
    .option("--method <names>", "selectors, between commas; see below", "aapso,random,none")
    .option("--classifier <name>", "what accuracies are of; see below", "knn")
    .option("--folds <number>", "outer folds", count, 5)
    .option("--seeds <number>", "repetitions, each with its own folds", count, 10)
    .option("--particles <number>", "subsets at a time", count, 30)
    .option("--iterations <number>", "evaluations for each of them", count, 20)
    .option("--alpha <number>", "what accuracy counts against features left out", parseNumber, 0.98)
    .option(
      "--columns <role=name,...>",
      "which column or array is label, which are features or unused (several with +)",
      parseTexts,
    )
    .option("--out <folder>", "folder for what is over; the same command goes on in it")
    .option("--json", "print one object; progress goes to standard error")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      `\nSelectors:\n${described(selectors)}\n\nClassifiers:\n${described(classifiers)}\n\n` +
        "A selector may bring options of its own: aapso:altruismOrder=published.",
    )
    .action((path: string, options: Options) => run(path, options, console));
}
