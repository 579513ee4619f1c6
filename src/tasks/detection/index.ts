// Boxes round things, with a class each.

import { type Affine, BOX, type BoxLabels, inverse, mapBox } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import type { DecodeInfo, Prediction, Task } from "../task.js";
import { foundBoxes } from "./found.js";
import { cellLoss } from "./loss.js";
import { BoxMetrics, boxMetrics } from "./metrics.js";
import { boxConstants, findOptions, saidFrom, usualCells } from "./rule.js";
import { boxTargets } from "./targets.js";

/** Which things an image shows, and where. */
export const detection: Task<BoxLabels> = {
  name: "detect",
  description: "boxes round things, with a class each",
  labels: "boxes",
  output: "cells",
  outputs: ({ classes }) => classes,
  check({ name, labels: { of, classes } }) {
    const seen = new Set<number>();
    for (let at = 0; at < of.data.length; at += BOX) {
      if (of.data[at + 5] === 0) seen.add(of.data[at + 4]);
    }
    const missing = classes.find((_, at) => !seen.has(at));
    if (classes.length > 0 && missing === undefined) return;
    throw new InputError(
      missing === undefined
        ? `${name} has no classes of boxes`
        : `${name}: no training image has a box of the class "${missing}"; leave the class out or add images of it`,
    );
  },
  constants: boxConstants,
  targets: boxTargets,
  loss: (output, targets, { constants }) => ({
    losses: cellLoss(output, targets, usualCells(constants)),
    tallies: {},
  }),
  trainMetrics: () => ({}),
  metrics: boxMetrics,
  reportOf: "class",
  reports: { ap50: "share", ap: "share", countError: "number" },
  newMetrics: (labels, constants) => new BoxMetrics(labels, constants),
  decode(output, info) {
    const numbers = info.shape.reduce((product, size) => product * size, 1);
    return Array.from({ length: output.length / numbers }, (_, at) =>
      describe(output.subarray(at * numbers, (at + 1) * numbers), info, at),
    );
  },
  row: ({ counts, boxes }) => [
    ...Object.entries(counts as Readonly<Record<string, number>>),
    ["boxes", JSON.stringify(boxes)],
  ],
};

/** What is said of one image: boxes in its own pixels where its map is known, else in those of the net's input. */
function describe(output: Float32Array, info: DecodeInfo, at: number): Prediction {
  const { names, constants, size } = info;
  const view = info.views?.[at];
  const found = foundBoxes({ output, classes: names.length, size }, findOptions(constants));
  const said = found.filter((row) => row[5] >= saidFrom(constants));
  const placed = ([left, top, width, height]: readonly number[]) => {
    const corners = [left, top, left + width, top + height] as const;
    return view ? mapBox(corners, inverse(view.map as Affine), view.size).box : corners;
  };
  return {
    counts: Object.fromEntries(
      names.map((name, of) => [name, said.filter((row) => row[4] === of).length]),
    ),
    boxes: said.map((row) => ({
      class: names[row[4]],
      confidence: row[5],
      box: [...placed(row)],
    })),
    size: { ...(view?.size ?? size) },
  };
}
