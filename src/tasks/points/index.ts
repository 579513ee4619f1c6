// Where things are, from a point for each: the net gives blobs, one for each thing.

import { findBlobs, type PointLabels, pointsBack, type Size } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { namedCounts } from "../../text/named.js";
import { unknownName } from "../../text/words.js";
import { countMetrics, meanCounts } from "../counting/countErrors.js";
import { DOTS, dotTargets, knownPoints } from "../counting/dots.js";
import { checkPoints } from "../counting/index.js";
import type { HostLoss, Task } from "../task.js";
import { blobCentres, type Centre } from "./centres.js";
import { isBlob, sumTerms, type TermName, termNames, termsOf } from "./lcfcn.js";
import { PointMetrics, pointMetrics } from "./metrics.js";

/** A point that was found. */
interface Found extends Centre {
  readonly class: string;
}

/** Calls `use` with the logits and the counted points of each map of a batch [n, classes, h, w]. */
function eachMap(
  output: Float32Array,
  dots: Buffer,
  { height, width }: Size,
  use: (logits: Float32Array, points: number[], first: number) => void,
): void {
  const pixels = height * width;
  for (let first = 0; first < output.length; first += pixels) {
    const points: number[] = [];
    for (let at = 0; at < pixels; at++) if (dots[first + at] > 0) points.push(at);
    use(output.subarray(first, first + pixels), points, first);
  }
}

function lossOf(
  output: Float32Array,
  dots: Buffer,
  n: number,
  size: Size,
  without: readonly TermName[],
): HostLoss {
  const gradient = new Float32Array(output.length);
  const losses = new Float32Array(n);
  const each = output.length / n;
  let absolute = 0;
  eachMap(output, dots, size, (logits, points, first) => {
    const terms = termsOf(logits, size, points, without);
    const into = gradient.subarray(first, first + logits.length);
    losses[Math.floor(first / each)] += sumTerms(logits, terms, into, 1 / n);
    const { count } = findBlobs(size, (at) => isBlob(logits[at]));
    absolute += Math.abs(count - points.length);
  });
  const maps = each / (size.height * size.width);
  return { losses, gradient, tallies: { absolute: absolute / maps } };
}

/** Settings of {@link pointsTask}. */
export interface PointsTaskOptions {
  /** Terms of the loss that are left out; default none. */
  readonly without?: readonly TermName[];
}

/**
 * Where things are: the centres of blobs that a net learns from a point for each thing. Without some terms of its loss it is
 * another task, `points-without-split` for one, that a module may export, to see what a term is worth.
 *
 * @throws InputError for a term that there is not.
 * @example
 * import { pointsTask } from "convoynet/tasks";
 * pointsTask({ without: ["split"] }).name; // "points-without-split"
 */
export function pointsTask({ without = [] }: PointsTaskOptions = {}): Task<PointLabels> {
  const wrong = without.find((term) => !termNames.includes(term));
  if (wrong !== undefined) throw unknownName("term", wrong, termNames);
  return taskWithout(termNames.filter((term) => without.includes(term)));
}

const taskWithout = (without: readonly TermName[]): Task<PointLabels> => ({
  name: ["points", ...without.map((term) => `without-${term}`)].join("-"),
  description: "where things are and how many, learnt from a point for each (blobs)",
  labels: "points",
  // What it hides is still there in the labels.
  unfit: ["cutout"],
  output: "map",
  defaults: { model: "unet-8", optimizer: "adam", lr: 0.003 },
  outputs: ({ classes }) => classes,
  check: checkPoints,
  constants: meanCounts,
  targets: dotTargets,
  hostLoss: (output, { [DOTS]: dots }, n, _, size) => lossOf(output, dots, n, size, without),
  trainMetrics: ({ absolute }, images) => ({ mae: absolute / images }),
  metrics: [
    ...countMetrics.map((one) => ({ ...one, trained: one.name === "mae" })),
    ...pointMetrics,
  ],
  reportOf: "class",
  reports: {
    mae: "number",
    rmse: "number",
    bias: "number",
    precision: "share",
    recall: "share",
    f1: "share",
  },
  newMetrics: (labels, constants, size) => new PointMetrics(labels, size, constants),
  saysFrom: true,
  things: {
    columns: ["class", "confidence", "x", "y"],
    rows: ({ points }) =>
      (points as readonly Found[]).map(({ class: of, confidence, x, y }) => [of, confidence, x, y]),
  },
  decode(output, { names, shape: [classes, height, width] }, { confidence = 0 } = {}) {
    const size = { height, width };
    const pixels = height * width;
    return Array.from({ length: output.length / (classes * pixels) }, (_, image) => {
      const found = names.map((name, own) => {
        const first = (image * classes + own) * pixels;
        const centres = blobCentres(output.subarray(first, first + pixels), size);
        return { name, centres: centres.filter((one) => one.confidence >= confidence) };
      });
      return {
        counts: Object.fromEntries(found.map(({ name, centres }) => [name, centres.length])),
        points: found.flatMap(({ name, centres }) =>
          centres.map(({ x, y, confidence }) => ({ class: name, x, y, confidence })),
        ),
      };
    });
  },
  known: knownPoints,
  placed(prediction, map) {
    const found = prediction.points as readonly Found[];
    const at = pointsBack(
      found.flatMap(({ x, y }) => [x, y]),
      map,
    );
    const points = found.map((point, k) => ({ ...point, x: at[2 * k], y: at[2 * k + 1] }));
    return { ...prediction, points };
  },
  caption: ({ counts }) => namedCounts(Object.entries(counts as Readonly<Record<string, number>>)),
  row: ({ counts }) => Object.entries(counts as Readonly<Record<string, number>>),
});

/** {@link pointsTask} with all of its terms. */
export const points = pointsTask();
