// Runs of a tiny net on images that are easy to tell apart, on the reference engine.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type ClassLabels, type Dataset, imagesOf, type Splits } from "../../src/data/index.js";
import type { Model, ModelInput } from "../../src/models/index.js";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  relu,
  sequential,
} from "../../src/nn/index.js";
import { type TrainOptions, train } from "../../src/runs/train.js";
import { Random } from "../../src/tensor/philox.js";
import type { TrainSettings } from "../../src/train/config.js";
import type { TrainEvent } from "../../src/train/events.js";

const SIDE = 6;
const CLASSES = ["top", "middle", "bottom"];

/** Noise with a brighter stripe whose place is the class. */
export function stripes(length: number, seed: number, name = "stripes"): Dataset<ClassLabels> {
  const random = new Random({ seed, purpose: "search" });
  const of = Int32Array.from({ length }, (_, at) => at % CLASSES.length);
  const bytes = Uint8Array.from({ length: length * SIDE ** 2 }, (_, at) => {
    const row = Math.floor(at / SIDE) % SIDE;
    const inStripe = Math.floor(row / 2) === of[Math.floor(at / SIDE ** 2)];
    return Math.floor(180 * random.uniform()) + (inStripe ? 75 : 0);
  });
  const labels = { kind: "class", of, classes: CLASSES } as const;
  const images = imagesOf(bytes, { height: SIDE, width: SIDE, channels: 1 });
  return { name, length, channels: 1, images, labels };
}

/** 120 images to learn from and to choose by, 33 to test with. */
export const stripeSplits = () =>
  ({ train: stripes(120, 1), test: stripes(33, 2) }) satisfies Splits;

/** A net with everything that a state must hold: weights, statistics, random numbers. */
export const tinyModel = ({ channels, height, width, outputs }: ModelInput): Model => ({
  name: "tiny",
  source: "for tests",
  input: [channels, height, width],
  outputs,
  layer: sequential({
    conv: conv2d(4, 3),
    norm: batchNorm(),
    relu: relu(),
    flatten: flatten(),
    dropout: dropout(0.2),
    fc: linear(outputs),
  }),
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "convoy-train-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The settings of a run of a few seconds at most. */
export const tinySettings = {
  data: "stripes",
  epochs: 3,
  batch: 10,
  lr: 0.05,
  augment: "flip,mixup",
  engine: "reference",
} as const satisfies TrainSettings;

/** Trains the tiny net and returns the summary and all events. */
export async function trainTiny(settings: Partial<TrainSettings>, options: TrainOptions = {}) {
  const events: TrainEvent[] = [];
  const parts = { data: stripeSplits(), model: tinyModel };
  const listeners = [...(options.listeners ?? []), (event: TrainEvent) => void events.push(event)];
  const given = options.resume ? settings : { ...tinySettings, ...settings };
  const summary = await train(given, { ...parts, ...options, listeners });
  return { summary, events };
}
