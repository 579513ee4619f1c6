import { describe, expect, test } from "vitest";
import type { ParamLayout } from "../graph/index.js";
import { encodeState, fitState, openState, type State } from "./checkpoint.js";
import { type Progress, startOfRun } from "./progress.js";
import { readSealed, writeSealed } from "./sealed.js";

const layout = {
  length: 3,
  trainable: 2,
  params: [
    { name: "w", shape: [2], offset: 0 },
    { name: "mean", shape: [1], offset: 2 },
  ],
} as unknown as ParamLayout;

const progress: Progress = {
  ...startOfRun,
  epoch: 1,
  step: 2,
  sums: { images: 4, loss: Number.NaN, tallies: { correct: 1 }, work: 4 },
  best: {
    epoch: 1,
    score: 0.5,
    loss: Number.POSITIVE_INFINITY,
    metrics: { accuracy: 0.5, auc: Number.NaN },
  },
  history: [
    {
      ...{
        epoch: 1,
        trainLoss: 1,
        train: { accuracy: 0.5 },
        selectionLoss: 1,
        selection: { accuracy: 0.5 },
      },
      ...{ lr: 0.1, seconds: 1, imagesPerSecond: 4, gradients: 1 },
    },
  ],
  session: { rate: Number.NEGATIVE_INFINITY },
};

const state: State = {
  progress,
  weights: Float32Array.of(1, 2, 3),
  best: Float32Array.of(4, 5, 6),
  vectors: { momentum: Float32Array.of(7, 8) },
};
const logs = { metrics: { bytes: 10, crc32: 0xffffffff } };
const bytes = encodeState(layout, state, logs);

/** The state's file with other progress, and a checksum that is right. */
function withProgress(change: (progress: Record<string, unknown>) => void): Uint8Array {
  const { tensors, metadata } = readSealed(bytes, "state");
  const changed = JSON.parse(metadata.progress);
  change(changed);
  return writeSealed(tensors, { progress: JSON.stringify(changed), logs: metadata.logs });
}

describe("a saved state", () => {
  test("comes back as it was, with numbers that are not finite", () => {
    const file = openState(bytes, "state");
    expect(file.logs).toEqual(logs);
    expect(fitState(file, layout, { momentum: 2 })).toEqual(state);
  });

  test("with any one bit flipped is refused by its name", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const open = () => openState(flipped, "state");
      expect(open, `bit ${bit}`).toThrow(
        expect.objectContaining({ name: "FormatError", source: "state" }),
      );
    }
  });

  test.each([0, 1, 8, 100, bytes.length - 1])("cut off after %i bytes is refused", (length) => {
    expect(() => openState(bytes.subarray(0, length), "state")).toThrow(/state, byte/);
  });

  test.each<[string, RegExp, (progress: Record<string, unknown>) => void]>([
    [
      "a renamed field",
      /progress: step is missing/,
      (it) => {
        it.Step = it.step;
        delete it.step;
      },
    ],
    [
      "a field too many",
      /progress: unknown field "more"/,
      (it) => {
        it.more = 1;
      },
    ],
    [
      "a text for a number",
      /progress: epoch is "1"/,
      (it) => {
        it.epoch = "1";
      },
    ],
    [
      "half a step",
      /progress: step is 1\.5/,
      (it) => {
        it.step = 1.5;
      },
    ],
    [
      "a lost epoch",
      /history has the epochs ; expected 1 to 1/,
      (it) => {
        it.history = [];
      },
    ],
    [
      "no history",
      /progress: history is null/,
      (it) => {
        it.history = null;
      },
    ],
  ])("with %s is refused by the field's name", (_, message, change) => {
    expect(() => openState(withProgress(change), "state")).toThrow(message);
  });

  test.each([
    ["a length below zero", '{"metrics":{"bytes":-1,"crc32":0}}', /logs: metrics\.bytes is -1/],
    ["no JSON", "{", /logs: /],
  ])("whose lengths of growing files have %s is refused", (_, logs, message) => {
    const { tensors, metadata } = readSealed(bytes, "state");
    const changed = writeSealed(tensors, { progress: metadata.progress, logs });
    expect(() => openState(changed, "state")).toThrow(message);
  });

  test("knows the settings that it was made with; one of an older Convoy knows none", () => {
    const made = encodeState(layout, state, logs, { lr: 0.1, freeze: null });
    expect(openState(made, "state").settings).toEqual({ lr: 0.1, freeze: null });
    const { tensors, metadata } = readSealed(bytes, "state");
    const { progress, logs: marks } = metadata;
    const older = writeSealed(tensors, { progress, logs: marks });
    expect(openState(older, "state").settings).toEqual({});
    const damaged = writeSealed(tensors, { progress, logs: marks, settings: "[" });
    expect(() => openState(damaged, "state")).toThrow(/settings: /);
  });

  test("that lacks a checksum is refused", () => {
    const { tensors, metadata } = readSealed(bytes, "state");
    expect(() => openState(writeSealed(tensors, { logs: metadata.logs }), "state")).toThrow(
      /no saved state/,
    );
    const renamed = Buffer.from(
      Buffer.from(bytes).toString("latin1").replace("crc32", "crc33"),
      "latin1",
    );
    expect(() => openState(renamed, "state")).toThrow(/it has no checksum/);
  });

  test.each([
    [{ momentum: 3 }, /the run has a vector "momentum" of 3 numbers, the file has 2 numbers/],
    [{ momentum: 1 }, /the run has a vector "momentum" of 1 numbers, the file has 2 numbers/],
    [{ v: 2 }, /the run has a vector "v" of 2 numbers, the file has no such vector/],
  ])("is refused for a run with the vectors %o", (lengths, message) => {
    const file = openState(bytes, "state");
    expect(() => fitState(file, layout, lengths as Record<string, number>)).toThrow(message);
  });
});
