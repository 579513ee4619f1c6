// How many there are, from points: the net gives a density, whose sum is the count.

import type { PointLabels } from "../../data/index.js";
import { abs, constant, mul, reduceSum, sub } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { namedCounts } from "../../text/named.js";
import type { Metrics, Task } from "../task.js";
import { CountErrors, countMetrics, meanCounts } from "./countErrors.js";
import { DENSITY, densityTargets, PEAK } from "./density.js";
import { DOTS, knownPoints } from "./dots.js";

/** Refuses points of no class, and images without a point among them all. */
export function checkPoints({
  name,
  labels: { of, classes },
}: {
  name: string;
  labels: PointLabels;
}) {
  if (classes.length === 0 || of.data.length === 0) {
    throw new InputError(`${name} has no points; expected some in its training images`);
  }
}

/** How many of each class are in an image. Squared errors of the density, averaged over the pixels, make its loss. */
export const counting: Task<PointLabels> = {
  name: "count",
  description: "how many there are, learnt from points (a density)",
  labels: "points",
  // What it hides is still there in the labels.
  unfit: ["cutout"],
  output: "map",
  defaults: { model: "unet-8", optimizer: "adam", lr: 0.003 },
  outputs: ({ classes }) => classes,
  check: checkPoints,
  constants: meanCounts,
  targets: densityTargets,
  loss(output, { [DENSITY]: density }) {
    const { graph, shape } = output;
    const [, classes, height, width] = shape;
    const error = sub(output, density);
    const apart = mul(reduceSum(error, [2, 3]), constant(graph, 1 / PEAK));
    const mean = constant(graph, 1 / (classes * height * width));
    return {
      losses: mul(reduceSum(mul(error, error), [1, 2, 3]), mean),
      tallies: {
        absolute: mul(reduceSum(abs(apart)), constant(graph, 1 / classes)),
      },
    };
  },
  trainMetrics: ({ absolute }, images) => ({ mae: absolute / images }),
  metrics: countMetrics.map((metric) => ({ ...metric, trained: metric.name === "mae" })),
  reportOf: "class",
  reports: { mae: "number", rmse: "number", bias: "number" },
  newMetrics(labels, constants, size): Metrics {
    const errors = new CountErrors(labels.classes, constants);
    return {
      add(output, indices, { [DOTS]: dots }) {
        const numbers = output.length / indices.length;
        for (let at = 0; at < indices.length; at++) {
          const found = output.subarray(at * numbers, (at + 1) * numbers).map((v) => v / PEAK);
          errors.add(found, dots.subarray(at * numbers, (at + 1) * numbers), size);
        }
      },
      values: () => errors.values(),
      outputs: () => errors.outputs(),
      get constant() {
        return errors.constant;
      },
    };
  },
  decode(output, { names, shape }) {
    const pixels = shape[1] * shape[2];
    return Array.from({ length: output.length / (names.length * pixels) }, (_, image) => ({
      counts: Object.fromEntries(
        names.map((name, own) => {
          const first = (image * names.length + own) * pixels;
          const sum = output.subarray(first, first + pixels).reduce((a, b) => a + b, 0);
          return [name, sum / PEAK];
        }),
      ),
    }));
  },
  known: knownPoints,
  caption: ({ counts }) => namedCounts(Object.entries(counts as Readonly<Record<string, number>>)),
  row: ({ counts }) => Object.entries(counts as Readonly<Record<string, number>>),
};
