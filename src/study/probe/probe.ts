// What a run's features are worth where labels are few: the same protocol for them and for what they must beat. Fixed features
// are told apart by a linear classifier, whose penalty is chosen on images of its own, and by cosine k-NN (K = 200, temperature
// 0.07); on demand the whole net is trained on.

import {
  balancedSubsets,
  type ClassLabels,
  countsOf,
  type Dataset,
  type Splits,
  subset,
} from "../../data/index.js";
import { takeRows } from "../../estimators/index.js";
import { InputError } from "../../inputError.js";
import type { Trained } from "../../runs/index.js";
import { type Estimate, estimate } from "../statistics.js";
import { type Features, featuresOf } from "./features.js";
import { fineTuned } from "./fineTune.js";
import { type Classed, ways } from "./ways.js";

/** Labels that are learned from: of each class, or all. */
export type LabelCount = number | "all";

/** Settings of {@link probe}. */
export interface ProbeOptions {
  readonly labels: readonly LabelCount[];
  /** Draws of labels; each number draws other images. */
  readonly seeds: readonly number[];
  /** Epochs of fine-tuning, from the run and from scratch; default none is done. */
  readonly fineTune?: number;
  /** The run's folder, which fine-tuning starts from. */
  readonly run: string;
  /** Is told each result as it comes. */
  readonly onResult?: (result: ProbeResult) => void;
}

/** What one way found for one draw of labels. */
export interface ProbeResult {
  readonly features: string;
  readonly way: string;
  readonly labels: LabelCount;
  readonly seed: number;
  readonly accuracy: number;
}

/** Results over the seeds. */
export interface ProbeRow extends Omit<ProbeResult, "seed" | "accuracy"> {
  /** Share of the test images that were told, with its interval over the seeds. */
  readonly accuracy: Estimate;
  readonly seeds: number;
}

/** Images of a class that penalties are chosen by, at most: no more than are learned from. */
const MOST_CHOOSING = 50;
/** Share of all images that penalties are chosen by where all are learned from. */
const CHOOSING_SHARE = 0.1;

function expectClasses({ name, labels }: Dataset): void {
  if (labels.kind !== "class") {
    throw new InputError(`${name}: its images have no classes, which probing tells by features`);
  }
  const there = countsOf(labels).filter((count) => count > 0);
  if (there.length >= 2) return;
  throw new InputError(`${name}: all its images are of one class; probing needs two at least`);
}

/** Numbers of the images to learn from and to choose by, as many of each class. */
function drawn(train: Dataset, labels: LabelCount, seed: number): readonly (readonly number[])[] {
  const classes = countsOf(train.labels).length;
  const numbered = { ...train, ids: Array.from({ length: train.length }, (_, at) => String(at)) };
  const choosing =
    labels === "all"
      ? Math.max(classes, Math.round(train.length * CHOOSING_SHARE))
      : classes * Math.min(labels, MOST_CHOOSING);
  const [chosen, learned] = balancedSubsets(
    numbered,
    labels === "all" ? [choosing] : [choosing, classes * labels],
    seed,
  ).map(({ ids }) => ids!.map(Number));
  if (learned) return [learned, chosen];
  const taken = new Set(chosen);
  return [[...Array(train.length).keys()].filter((at) => !taken.has(at)), chosen];
}

const taken = ({ train }: Features, { of }: ClassLabels, rows: readonly number[]): Classed => ({
  features: takeRows(train, rows),
  classes: Int32Array.from(rows, (at) => of[at]),
});

/**
 * Probes a run's features on labelled images.
 *
 * @throws InputError for images without classes or of one class, too few of a class, or that the net does not take.
 */
export async function probe(
  net: Trained,
  { train, test }: Required<Pick<Splits, "train" | "test">>,
  options: ProbeOptions,
): Promise<ProbeRow[]> {
  for (const dataset of [train, test]) expectClasses(dataset);
  const { labels: counts, seeds, onResult } = options;
  const [known, asked] = [train, test].map(({ labels }) => labels as ClassLabels);
  const draws = counts.flatMap((labels) =>
    seeds.map((seed) => ({ labels, seed, rows: drawn(train, labels, seed) })),
  );
  const results: ProbeResult[] = [];
  const tell = (result: ProbeResult) => {
    results.push(result);
    onResult?.(result);
  };
  for await (const features of featuresOf(net, { train, test }, seeds[0])) {
    for (const { labels, seed, rows } of draws) {
      const [learned, chosen] = rows.map((list) => taken(features, known, list));
      const question = {
        ...{ train: learned, selection: chosen },
        test: { features: features.test, classes: asked.of },
      };
      for (const [way, told] of Object.entries(ways)) {
        tell({ features: features.name, way, labels, seed, accuracy: told(question) });
      }
    }
  }
  await tuned(net, { train, test }, draws, options, tell);
  return rowsOf(results);
}

/** Fine-tunes on each draw of labels, from the run and from scratch. */
async function tuned(
  net: Trained,
  { train, test }: Required<Pick<Splits, "train" | "test">>,
  draws: readonly (Pick<ProbeResult, "labels" | "seed"> & {
    readonly rows: readonly (readonly number[])[];
  })[],
  { fineTune: epochs, run }: ProbeOptions,
  tell: (result: ProbeResult) => void,
): Promise<void> {
  if (epochs === undefined) return;
  for (const { labels, seed, rows } of draws) {
    const [learned, selection] = rows.map((list) => subset(train, list));
    const data = { train: learned, selection, test };
    for (const [features, from] of [
      ["run", run],
      ["random", undefined],
    ] as const) {
      const accuracy = await fineTuned(net, data, { seed, epochs, from });
      tell({ features, way: "fine-tuned", labels, seed, accuracy });
    }
  }
}

/** Results by features, way and labels, in the order in which they came. */
function rowsOf(results: readonly ProbeResult[]): ProbeRow[] {
  const groups = new Map<string, ProbeResult[]>();
  for (const result of results) {
    const key = [result.features, result.way, result.labels].join();
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const [{ features, way, labels }] = group;
    const accuracy = estimate(group.map((one) => one.accuracy))!;
    return { features, way, labels, accuracy, seeds: group.length };
  });
}
