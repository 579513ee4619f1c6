// A string from each image: the net says of each frame which token it shows, and a string is all ways to say it (CTC).

import { ctcFrames } from "../../automata/index.js";
import { commonSize, type Dataset, sizeAt, type TokenLabels } from "../../data/index.js";
import { ctc } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { countFrames, FRAME_STRIDE } from "../../models/frames.js";
import type { ImageSize, Task } from "../task.js";
import { SequenceMetrics, sequenceMetrics } from "./metrics.js";
import { batchReadings, placedTokens, type ReadLines } from "./reading.js";
import { leastOf, RejectTuner } from "./rejection.js";
import { ofStrings, type Placement, predictionOf } from "./strings.js";
import { TOKENS, tokensOf, tokenTargets, UNTIL } from "./targets.js";

/** Height of the net's input where none is said. */
const HEIGHT = 32;
/** Widths are multiples of it. */
const GRAIN = 8;
/** The longest line, in heights; longer ones are squeezed. */
const LONGEST = 64;

/** The width of an image that is as high as a net's input. */
const widthAt = ({ images }: Dataset, at: number, height: number): number => {
  const own = sizeAt(images, at);
  return Math.round((own.width * height) / own.height);
};

/** As high as is said, and as wide as the longest training image; that of the images where all have one and none is said. */
function inputSize(dataset: Dataset<TokenLabels>, size?: number): ImageSize {
  const common = size === undefined ? commonSize(dataset.images) : undefined;
  const height = size ?? common?.height ?? HEIGHT;
  let width = GRAIN;
  for (let at = 0; at < dataset.length; at++) {
    const own = Math.min(widthAt(dataset, at, height), LONGEST * height);
    const [frames, needed] = [countFrames({ width: own }), ctcFrames(tokensOf(dataset.labels, at))];
    width = Math.max(width, own);
    if (frames >= needed) continue;
    const { height: high, width: wide } = sizeAt(dataset.images, at);
    throw new InputError(
      `${dataset.ids?.[at] ?? `${dataset.name}: image ${at}`}: ${high}x${wide} pixels make ${frames} frames at height ` +
        `${height}, too few for its text, which needs ${needed}; take a greater height (setting size), or mend the text`,
    );
  }
  return common ?? { height, width: Math.ceil(width / GRAIN) * GRAIN };
}

const readLines =
  ({ vocabulary }: TokenLabels, size: ImageSize): ReadLines =>
  (output) =>
    batchReadings(output, { tokens: vocabulary.length, frames: countFrames(size) });

/**
 * What each image of a line says. The loss is that of CTC (Graves, Fernandez, Gomez and Schmidhuber 2006); what is said is the
 * likeliest string, by beam search, and its confidence the posterior probability of that string among all strings.
 */
export const sequence: Task<TokenLabels> = {
  ...ofStrings,
  name: "sequence",
  description: "what a line says, token by token (CTC)",
  output: "frames",
  defaults: { model: "line-s", fit: "line" },
  criteria: {
    ctc: "minus the log of the probability of the text over all ways to say it, frame by frame",
  },
  inputSize,
  targets: tokenTargets,
  loss: (logits, { [TOKENS]: tokens, [UNTIL]: until }) => ({
    losses: ctc(logits, tokens, until),
    tallies: {},
  }),
  trainMetrics: () => ({}),
  metrics: sequenceMetrics,
  newMetrics: (labels, constants, size) =>
    new SequenceMetrics(labels, readLines(labels, size), constants),
  newTuner: (labels, _, size) => new RejectTuner(labels, readLines(labels, size)),
  decode(
    output,
    { names, constants, shape: [, frames] },
    { confidence: least = leastOf(constants) } = {},
  ) {
    const read = batchReadings(output, { tokens: names.length, frames });
    return Array.from(read, ({ logits, readings }) => {
      const symbols = placedTokens(logits, frames, readings[0].tokens).map(
        ({ token, from, to }): Placement => ({
          token: names[token],
          left: from * FRAME_STRIDE,
          right: to * FRAME_STRIDE,
        }),
      );
      return predictionOf(readings, names, least, symbols);
    });
  },
};
