import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { type Dataset, fitMap, joinImages, ragged, type TokenLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { sequence } from "./index.js";
import { SequenceMetrics } from "./metrics.js";
import { batchReadings, type ReadLines } from "./reading.js";
import { TOKENS, tokenTargets, UNTIL } from "./targets.js";

const labelsOf = (...lists: number[][]): TokenLabels => ({
  kind: "tokens",
  of: ragged(new Int32Array(0), lists),
  vocabulary: ["a", "b"],
});

/** Black images of some widths, eight pixels high, with strings. */
const datasetOf = (widths: readonly number[], ...lists: number[][]): Dataset<TokenLabels> => ({
  ...{ name: "lines", length: widths.length, channels: 1 },
  images: joinImages(
    widths.map((width) => ({ height: 8, width, channels: 1, data: new Uint8Array(8 * width) })),
  ),
  labels: labelsOf(...lists),
});

describe("the size of a net's input", () => {
  test("is as high as is said and as wide as the longest line", () => {
    const lines = datasetOf([20, 33], [0], [1]);
    expect(sequence.inputSize!(lines, 8)).toEqual({ height: 8, width: 40 });
    expect(sequence.inputSize!(lines, 16)).toEqual({ height: 16, width: 72 });
  });

  test("holds the text of every image, or the image is named", () => {
    // A token that comes twice needs a frame in between.
    expect(sequence.inputSize!(datasetOf([12], [0, 0]), 8).width).toBe(16);
    expect(() => sequence.inputSize!(datasetOf([12], [0, 0, 1]), 8)).toThrow(InputError);
    expect(() => sequence.inputSize!(datasetOf([12], [0, 0, 1]), 8)).toThrow(
      /lines: image 0: 8x12 pixels make 3 frames at height 8, too few for its text, which needs 4/,
    );
  });
});

describe("targets", () => {
  const size = { height: 8, width: 24 };

  test("are the tokens and the frames that an image reaches", () => {
    const maker = tokenTargets(labelsOf([0, 1, 1], [1]), {}, size);
    const short = { height: 8, width: 13 };
    const places = [{ image: 0 }, { image: 1, size: short, map: fitMap("line", short, size) }];
    const { [TOKENS]: tokens, [UNTIL]: until } = fill(maker, planOf(places, size));
    expect([...tokens]).toEqual([0, 1, 1, -1, -1, -1, 1, -1, -1, -1, -1, -1]);
    expect([...until]).toEqual([6, 4]);
  });

  test("cannot be mixed", () => {
    const maker = tokenTargets(labelsOf([0], [1]), {}, size);
    const mixed = planOf([{ image: 0, mix: [1, 0.5] }, { image: 1 }], size);
    expect(() => fill(maker, mixed)).toThrow(InputError);
  });
});

/** Frames that surely say classes, of which 2 is the blank [3, frames]. */
function saying(...classes: number[]): Float32Array {
  const logits = new Float32Array(3 * classes.length);
  for (const [t, c] of classes.entries()) logits[c * classes.length + t] = 20;
  return logits;
}

/** Reads frames of two tokens. */
const readLines: ReadLines = (output) => batchReadings(output, { tokens: 2, frames: 3 });

test("errors are edits over symbols, and images that are not wholly right", () => {
  const metrics = new SequenceMetrics(labelsOf([0, 1], [1], [0, 0]), readLines);
  metrics.add(saying(0, 2, 1), Int32Array.of(0));
  metrics.add(saying(0, 1, 1), Int32Array.of(1));
  metrics.add(saying(0, 2, 0), Int32Array.of(2));
  expect(metrics.values()).toEqual({
    symbolError: 1 / 5,
    sequenceError: 1 / 3,
    saidWrong: 1 / 3,
    rejected: 0,
  });
  expect(metrics.outputs()).toEqual([
    { name: "a", support: 3, precision: 3 / 4, recall: 1 },
    { name: "b", support: 2, precision: 1, recall: 1 },
  ]);
});

test("what is too unsure is rejected, and no error that is said", () => {
  const labels = labelsOf([0, 1], [1]);
  const metrics = new SequenceMetrics(labels, readLines, { reject: [0.5] });
  metrics.add(saying(0, 2, 1), Int32Array.of(0));
  metrics.add(new Float32Array(9), Int32Array.of(1));
  expect(metrics.values()).toMatchObject({ sequenceError: 0.5, saidWrong: 0, rejected: 0.5 });
});

test("a string is told with its probability, where its tokens stand, and what else it may be", () => {
  const info = {
    ...{ names: ["a", "b"], constants: {}, shape: [3, 3] },
    size: { height: 8, width: 12 },
  };
  const [sure, unsure] = sequence.decode(
    Float32Array.of(...saying(0, 2, 1), ...new Float32Array(9)),
    info,
    { confidence: 0.5 },
  );
  expect(sure).toMatchObject({
    ...{ text: "ab", confidence: expect.closeTo(1, 5), rejected: false },
    symbols: [
      { token: "a", left: 0, right: 4 },
      { token: "b", left: 8, right: 12 },
    ],
  });
  expect(unsure).toMatchObject({ rejected: true, second: { confidence: expect.any(Number) } });
  expect([sequence.caption!(sure), sequence.caption!(unsure)]).toEqual(["ab", "(rejected)"]);
  const [first] = sequence.placed!(sure, [2, 0, 0, 0, 2, 0]).symbols as { right: number }[];
  expect(first.right).not.toBe(4);
});
