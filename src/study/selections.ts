// Selectors of features compared on one table: each with every seed in every outer fold, paired by seed. With a folder,
// what is over is read instead of repeated.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomicFile.js";
import { readJson } from "../files/json.js";
import { InputError } from "../inputError.js";
import {
  type FoldResult,
  type Labelled,
  type SelectionOptions,
  type Selector,
  type SelectorOptions,
  selectInFolds,
  selectorOptions,
} from "../selection/index.js";
import { crc32 } from "../tensor/crc32.js";
import { openFolder } from "./folder.js";
import { type Estimate, estimate, mean, type Tally, tally } from "./statistics.js";
import { rounded, signedRank } from "./wilcoxon.js";

/** A selector with options of its own. */
export interface SelectionMethod {
  /** As it is shown; different for each. */
  readonly name: string;
  readonly selector: Selector;
  readonly options?: SelectorOptions;
}

/** What is compared. */
export interface SelectionStudy extends Omit<SelectionOptions, "seed" | "options"> {
  readonly table: Labelled & { readonly name: string };
  readonly methods: readonly SelectionMethod[];
  readonly seeds: readonly number[];
  /** Folder for what is over; without one nothing is kept. The same call goes on in it. */
  readonly out?: string;
}

/** A method with one seed: all of its folds. */
export interface SelectionRun {
  readonly method: string;
  readonly seed: number;
  readonly folds: readonly FoldResult[];
}

/** Where a comparison stands: behind a fold, or behind a run that was read. */
export interface SelectionProgress {
  readonly method: string;
  readonly seed: number;
  /** Runs that are over, of so many. */
  readonly done: number;
  readonly total: number;
  /** The fold that is over, from 0; absent behind a run. */
  readonly fold?: number;
  readonly run?: SelectionRun;
}

/** How a comparison is watched and steered. */
export interface SelectionStudyOptions {
  /** When it aborts, the current run is given up and the comparison ends. */
  readonly signal?: AbortSignal;
  readonly watch?: (progress: SelectionProgress) => void;
}

/** A method's means over its folds, with intervals over the seeds. */
export interface SelectionRow {
  readonly method: string;
  /** Accuracy on samples that nothing saw before. */
  readonly outer: Estimate;
  /** Accuracy on the samples that chose the subset. */
  readonly inner: Estimate;
  /** Inner less outer accuracy. */
  readonly leak: Estimate;
  /** Features kept. */
  readonly features: Estimate;
  /** Subsets asked for, and different ones among them. */
  readonly evaluations: number;
  readonly distinct: number;
  /** Outer accuracy less the baseline's, paired by seed; absent for the baseline. */
  readonly versus?: Estimate & Tally & { readonly p: number };
}

const curve = z.array(z.object({ evaluation: z.int(), fitness: z.number() }));
const dropped = z.array(z.object({ column: z.int(), why: z.enum(["constant", "not finite"]) }));
const saved = z.object({
  method: z.string(),
  seed: z.int(),
  folds: z.array(
    z.object({
      ...{ fold: z.int(), inner: z.number(), outer: z.number(), fitness: z.number() },
      ...{ columns: z.array(z.int()), dropped, evaluations: z.int(), distinct: z.int(), curve },
    }),
  ),
});

const fileOf = (method: string, seed: number) =>
  `${method.replaceAll(/[^\w.=-]/g, "-")}-seed${seed}.json`;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** All that decides the numbers, as plain data. Methods and seeds may be added. */
function planOf({
  table,
  methods: _,
  seeds: __,
  out: ___,
  classifier,
  ...settings
}: SelectionStudy) {
  const { features, classes, name } = table;
  const { rows, columns, data } = features;
  const sums = [data, classes].map((array) => crc32(bytesOf(array)));
  return { table: { name, rows, columns, sums }, classifier: classifier?.name, ...settings };
}

function check({ methods, seeds }: SelectionStudy): void {
  if (methods.length === 0 || seeds.length === 0) {
    throw new InputError(
      `selection: ${methods.length} methods, ${seeds.length} seeds; expected one of each at least`,
    );
  }
  const files = methods.map(({ name }) => fileOf(name, 0));
  const twin = methods.find((_, at) => files.indexOf(files[at]) !== at);
  if (twin) throw new InputError(`selection: method ${twin.name} is given twice`);
  for (const { selector, options } of methods) selectorOptions(selector, options);
}

/** A method's folds with a seed; `undefined` when the signal aborts. */
async function runMethod(
  study: SelectionStudy,
  { selector, options }: SelectionMethod,
  seed: number,
  onFold: (fold: number) => void,
  signal?: AbortSignal,
): Promise<FoldResult[] | undefined> {
  const folds: FoldResult[] = [];
  for (const result of selectInFolds(study.table, selector, { ...study, seed, options })) {
    folds.push(result);
    onFold(result.fold);
    // Work is done without a pause: signals are heard here.
    await setImmediate();
    if (signal?.aborted) return undefined;
  }
  return folds;
}

async function goThrough(
  study: SelectionStudy,
  { signal, watch }: SelectionStudyOptions,
): Promise<SelectionRun[] | undefined> {
  const { methods, seeds, out } = study;
  const runs: SelectionRun[] = [];
  const total = methods.length * seeds.length;
  for (const seed of seeds) {
    for (const method of methods) {
      const { name } = method;
      const place = { method: name, seed, total };
      const path = out === undefined ? undefined : join(out, fileOf(name, seed));
      let run: SelectionRun;
      if (path !== undefined && existsSync(path)) run = await readJson(path, saved);
      else {
        const onFold = (fold: number) => watch?.({ ...place, done: runs.length, fold });
        const folds = await runMethod(study, method, seed, onFold, signal);
        if (!folds) return undefined;
        run = { method: name, seed, folds };
        if (path !== undefined) await writeFileAtomic(path, `${JSON.stringify(run)}\n`);
      }
      runs.push(run);
      watch?.({ ...place, done: runs.length, run });
    }
  }
  return runs;
}

/**
 * Runs what is left to do of a comparison of selectors; `undefined` when the signal aborted.
 *
 * @throws InputError when the folder holds something else or the comparison of another table or other settings, and as
 *   `selectInFold` does.
 */
export async function runSelections(
  study: SelectionStudy,
  options: SelectionStudyOptions = {},
): Promise<SelectionRun[] | undefined> {
  check(study);
  if (study.out === undefined) return goThrough(study, options);
  const close = await openFolder({ out: study.out, plan: planOf(study), kind: "selection" });
  try {
    return await goThrough(study, options);
  } finally {
    close();
  }
}

const overFolds = ({ folds }: SelectionRun, value: (fold: FoldResult) => number) =>
  rounded(mean(folds.map(value)));

/** The numbers that are told of each fold. */
const numbers = {
  outer: ({ outer }: FoldResult) => outer,
  inner: ({ inner }: FoldResult) => inner,
  leak: ({ inner, outer }: FoldResult) => inner - outer,
  features: ({ columns }: FoldResult) => columns.length,
} as const;

/**
 * A row for each method, in the order of the runs.
 *
 * @param baseline the method that others are compared with; default `none`, else the first
 */
export function selectionRows(runs: readonly SelectionRun[], baseline?: string): SelectionRow[] {
  const methods = [...new Set(runs.map(({ method }) => method))];
  const base = baseline ?? (methods.includes("none") ? "none" : methods[0]);
  const ofMethod = (method: string) => runs.filter((run) => run.method === method);
  const outers = (method: string) => ofMethod(method).map((run) => overFolds(run, numbers.outer));
  const told = (method: string, value: (fold: FoldResult) => number) =>
    estimate(ofMethod(method).map((run) => overFolds(run, value)))!;
  return methods.map((method) => {
    const differences = outers(method).map((outer, at) => rounded(outer - outers(base)[at]));
    return {
      method,
      outer: told(method, numbers.outer),
      inner: told(method, numbers.inner),
      leak: told(method, numbers.leak),
      features: told(method, numbers.features),
      evaluations: told(method, ({ evaluations }) => evaluations).mean,
      distinct: told(method, ({ distinct }) => distinct).mean,
      ...(method !== base && {
        versus: {
          ...estimate(differences)!,
          ...tally(differences),
          p: signedRank(differences).p,
        },
      }),
    };
  });
}

/** How often a method kept each column, as a share of its folds with all seeds; entries of 0 are left out. */
export function keptShares(runs: readonly SelectionRun[], method: string): Map<number, number> {
  const folds = runs.filter((run) => run.method === method).flatMap((run) => run.folds);
  const counts = new Map<number, number>();
  for (const { columns } of folds) {
    for (const column of columns) counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const shares = [...counts].map(([column, count]) => [column, count / folds.length] as const);
  return new Map(shares.sort(([a, x], [b, y]) => y - x || a - b));
}
