// A class for each pixel.

import type { MaskLabels } from "../../data/index.js";
import {
  constant,
  div,
  logSoftmax,
  max,
  mul,
  neg,
  oneHot,
  reduceSum,
  reshape,
  step,
  sub,
  transpose,
  type Value,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { softmax } from "../softmax.js";
import type { Task } from "../task.js";
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

/** Which class each pixel is of. The loss is the cross-entropy of an image's pixels, averaged over those that count. */
export const segmentation: Task<MaskLabels> = {
  name: "segment",
  description: "a class for each pixel",
  labels: "mask",
  output: "map",
  outputs: ({ classes }) => classes,
  check({ name, labels: { classes } }) {
    if (classes.length >= 2) return;
    throw new InputError(`${name}: its masks know ${classes.length} class; expected at least two`);
  },
  targets: maskTargets,
  loss(logits, { [MASK]: mask }, { smoothing = 0 }) {
    const { graph, shape } = logits;
    const [n, classes] = shape;
    const rows = pixelRows(logits);
    // A pixel that does not count is a row of zeros.
    const own = oneHot(reshape(mask, [rows.shape[0]]), classes);
    const logs = logSoftmax(rows);
    const ownLogs = reduceSum(mul(own, logs), [1]);
    const counts = reduceSum(own, [1]);
    const even = mul(reduceSum(logs, [1]), mul(counts, constant(graph, 1 / classes)));
    const wanted =
      smoothing === 0
        ? ownLogs
        : sub(mul(ownLogs, constant(graph, 1 - smoothing)), mul(even, constant(graph, -smoothing)));
    const counted = perImage(counts, n);
    const ahead = reduceSum(step(sub(rows, reduceSum(mul(own, rows), [1], true))), [1]);
    const right = mul(counts, sub(constant(graph, 1), step(ahead)));
    return {
      losses: div(neg(perImage(wanted, n)), max(counted, constant(graph, 1))),
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
        mask[at] = own.indexOf(Math.max(...own));
        shares[mask[at]] += 1 / pixels;
        confidence += own[mask[at]] / pixels;
      }
      return {
        shares: Object.fromEntries(names.map((name, at) => [name, shares[at]])),
        confidence,
        mask: { height, width, runs: runLengths(mask) },
      };
    });
  },
  row: ({ shares, confidence }) => [
    ...Object.entries(shares as Readonly<Record<string, number>>),
    ["confidence", confidence as number],
  ],
};
