// Boxes round things, with a class each.

import { BOX, type BoxLabels, pointsBack } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { namedCounts } from "../../text/named.js";
import type { DecodeInfo, Prediction, Task } from "../task.js";
import { foundBoxes } from "./found.js";
import { cellLoss } from "./loss.js";
import { BoxMetrics, boxMetrics } from "./metrics.js";
import { boxConstants, findOptions, saidFrom, usualCells } from "./rule.js";
import { boxTargets } from "./targets.js";
import { BoxTuner } from "./tuner.js";

/** A box that is said. */
interface SaidBox extends Readonly<Record<"left" | "top" | "right" | "bottom", number>> {
  readonly class: string;
  readonly confidence: number;
}

/** Which things an image shows, and where. */
export const detection: Task<BoxLabels> = {
  name: "detect",
  description: "boxes round things, with a class each",
  labels: "boxes",
  // What it hides is still there in the labels.
  unfit: ["cutout"],
  output: "cells",
  defaults: { model: "detector-s" },
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
  newMetrics: (labels, constants, size) => new BoxMetrics(labels, constants, size),
  newTuner: (labels, constants, size) => new BoxTuner(labels, constants, size),
  decisions: (constants) => [["a box of any class", saidFrom(constants)]],
  decode(output, info, { confidence } = {}) {
    const numbers = info.shape.reduce((product, size) => product * size, 1);
    return Array.from({ length: output.length / numbers }, (_, at) =>
      describe(output.subarray(at * numbers, (at + 1) * numbers), info, confidence),
    );
  },
  known({ of: { data, offsets }, classes }, { at }, map) {
    const own = data.subarray(offsets[at], offsets[at + 1]);
    const boxes = Array.from({ length: own.length / BOX }, (_, k) => {
      const [left, top, right, bottom] = pointsBack(own.subarray(k * BOX, k * BOX + 4), map);
      return { class: classes[own[k * BOX + 4]], left, top, right, bottom };
    });
    return { boxes };
  },
  placed(prediction, map) {
    const boxes = prediction.boxes as readonly SaidBox[];
    return {
      ...prediction,
      boxes: boxes.map(({ left, top, right, bottom, ...rest }) => {
        const [x0, y0, x1, y1] = pointsBack([left, top, right, bottom], map);
        return { ...rest, left: x0, top: y0, right: x1, bottom: y1 };
      }),
    };
  },
  saysFrom: true,
  things: {
    columns: ["class", "confidence", "left", "top", "right", "bottom"],
    rows: ({ boxes }) =>
      (boxes as readonly SaidBox[]).map((box) => [
        ...[box.class, box.confidence],
        ...[box.left, box.top, box.right, box.bottom],
      ]),
  },
  caption: ({ counts }) => namedCounts(Object.entries(counts as Readonly<Record<string, number>>)),
  row: ({ counts }) => Object.entries(counts as Readonly<Record<string, number>>),
};

/** What is said of one image, in pixels of the net's input. */
function describe(
  output: Float32Array,
  { names, constants, size }: DecodeInfo,
  confidence = saidFrom(constants),
): Prediction {
  const { score, overlap } = findOptions(constants);
  const options = { score: Math.min(score, confidence), overlap };
  const found = foundBoxes({ output, classes: names.length, size }, options);
  const said = found.filter((row) => row[5] >= confidence);
  return {
    counts: Object.fromEntries(
      names.map((name, of) => [name, said.filter((row) => row[4] === of).length]),
    ),
    boxes: said.map(
      ([left, top, width, height, of, confidence]): SaidBox => ({
        class: names[of],
        confidence,
        ...{ left, top, right: left + width, bottom: top + height },
      }),
    ),
  };
}
