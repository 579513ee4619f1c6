// A class for each pixel.

import { type Affine, compose, IGNORED, identity, type MaskLabels } from "../../data/index.js";
import {
  add,
  constant,
  div,
  expand,
  max,
  mul,
  oneHot,
  reduceSum,
  reshape,
  step,
  sub,
  transpose,
  type Value,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { namedShares } from "../../text/named.js";
import { classesAhead, likeliest } from "../ahead.js";
import { softmax } from "../softmax.js";
import type { Task } from "../task.js";
import { rowsOf, smoothed, weightedCrossEntropy } from "../weighting.js";
import { softDice } from "./dice.js";
import { PixelMetrics, pixelMetrics } from "./metrics.js";
import { runLengths } from "./runLengths.js";
import { MASK, maskTargets } from "./targets.js";

/** Logits [n, c, h, w] as rows of classes [n * h * w, c]. */
function pixelRows(logits: Value): Value {
  const [n, c, h, w] = logits.shape;
  return reshape(transpose(logits, [0, 2, 3, 1]), [n * h * w, c]);
}

/** Sums over the pixels of each image [n], from a number for each pixel. */
const perImage = (pixels: Value, images: number): Value =>
  reduceSum(reshape(pixels, [images, pixels.shape[0] / images]), [1]);

/** Two losses as one, of which the second has a share. */
const mixed = (first: Value, second: Value, share: number): Value => {
  const part = (of: Value, factor: number) => mul(of, constant(of.graph, factor));
  return add(part(first, 1 - share), part(second, share));
};

/** How many classes go ahead of the own one of each pixel. */
function aheadOf(rows: Value, own: Value): Value {
  const numbers = rowsOf(rows, [...Array(rows.shape[1]).keys()]);
  const ownOf = (values: Value) => reduceSum(mul(own, values), [1], true);
  return classesAhead(rows, ownOf(rows), step(sub(ownOf(numbers), numbers)));
}

/**
 * Which class each pixel is of. The loss is the cross-entropy of an image's pixels, averaged over those that count, or a mix
 * of it and the soft Dice loss.
 */
export const segmentation: Task<MaskLabels> = {
  name: "segment",
  description: "a class for each pixel",
  labels: "mask",
  // What it hides is still there in the labels.
  unfit: ["cutout"],
  output: "map",
  defaults: { model: "unet-16" },
  outputs: ({ classes }) => classes,
  check({ name, labels: { classes } }) {
    if (classes.length >= 2) return;
    throw new InputError(`${name}: its masks know ${classes.length} class; expected at least two`);
  },
  targets: maskTargets,
  weighted: true,
  dice: true,
  loss(logits, { [MASK]: mask }, { smoothing = 0, dice = 0, ...weighting }) {
    const { graph, shape } = logits;
    const [n, classes] = shape;
    const rows = pixelRows(logits);
    // A pixel that does not count is a row of zeros.
    const own = oneHot(reshape(mask, [rows.shape[0]]), classes);
    const counts = reduceSum(own, [1]);
    const counting = () => expand(reshape(counts, [rows.shape[0], 1]), rows.shape);
    const wanted = smoothing === 0 ? own : mul(smoothed(own, smoothing), counting());
    const terms = weightedCrossEntropy(rows, wanted, weighting);
    const counted = perImage(counts, n);
    const crossEntropy = div(perImage(terms, n), max(counted, constant(graph, 1)));
    const right = mul(counts, sub(constant(graph, 1), step(aheadOf(rows, own))));
    return {
      losses: dice === 0 ? crossEntropy : mixed(crossEntropy, softDice(rows, own, counts, n), dice),
      tallies: { right: reduceSum(right), counted: reduceSum(counted) },
    };
  },
  trainMetrics: ({ right, counted }) => ({ pixelAccuracy: right / counted }),
  metrics: pixelMetrics,
  reportOf: "class",
  reports: { iou: "share", precision: "share", recall: "share", f1: "share" },
  newMetrics: (labels) => new PixelMetrics(labels),
  decode(output, { names, shape }) {
    const [classes, height, width] = shape;
    const pixels = height * width;
    return Array.from({ length: output.length / (classes * pixels) }, (_, image) => {
      const mask = new Uint8Array(pixels);
      const shares = new Array<number>(classes).fill(0);
      let confidence = 0;
      for (let at = 0; at < pixels; at++) {
        const start = image * classes * pixels + at;
        const own = softmax(
          Float32Array.from({ length: classes }, (_, c) => output[start + c * pixels]),
        );
        mask[at] = likeliest(output, classes, start, pixels);
        shares[mask[at]] += 1 / pixels;
        confidence += own[mask[at]] / pixels;
      }
      return {
        shares: Object.fromEntries(names.map((name, at) => [name, shares[at]])),
        confidence,
        mask: { height, width, runs: runLengths(mask), place: identity },
      };
    });
  },
  known({ of: { data, offsets } }, { at, height, width }, map) {
    const own = data.slice(offsets[at], offsets[at + 1]);
    const runs = runLengths(own.map((value) => (value === IGNORED ? 0 : value)));
    return { mask: { height, width, runs, place: map } };
  },
  placed(prediction, map) {
    const mask = prediction.mask as { readonly place: Affine };
    return { ...prediction, mask: { ...mask, place: compose(map, mask.place) } };
  },
  caption: ({ shares }) => namedShares(Object.entries(shares as Readonly<Record<string, number>>)),
  row: ({ shares, confidence }) => [
    ...Object.entries(shares as Readonly<Record<string, number>>),
    ["confidence", confidence as number],
  ],
};
