// Runs of nets with other structures, and with a loss by name, on the native engine.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { createModel } from "../models/index.js";
import { openTrained, type TrainOptions } from "../runs/index.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainSettings } from "./config.js";
import type { TrainEvent } from "./events.js";
import { withLoss } from "./modelOf.js";
import { readWeights } from "./weights.js";

const settings = {
  ...{ model: "lenet5", size: 16, augment: "flip", epochs: 3 },
  ...{ engine: "native", threads: 1 },
  structure: "harmonic,t-vmf=8",
} as const satisfies Partial<TrainSettings>;

const trainNet = (given: Partial<TrainSettings>, options: TrainOptions = {}) =>
  trainTiny(options.resume ? given : { ...settings, ...given }, { model: undefined, ...options });

const bytes = (run: string, file: keyof typeof runFiles) => readFileSync(join(run, runFiles[file]));
const accuracyOf = (run: string) => JSON.parse(`${bytes(run, "summary")}`).test.accuracy as number;

test("a net with other structures learns, opens as any other, and goes on to the same bytes", async () => {
  const [whole, parted] = [join(temporaryFolder(), "whole"), join(temporaryFolder(), "parted")];
  await trainNet({ out: whole });
  const { info, tensors } = await readWeights(join(whole, runFiles.best));
  expect(info.passes).toEqual([
    { pass: "harmonic" },
    { pass: "t-vmf", weights: "fc3.weight", kappa: 8 },
  ]);
  expect(tensors.has("fc3.bias")).toBe(false);
  const net = await openTrained(whole, { threads: 1 });
  const { metrics } = await net.evaluate(stripeSplits().test);
  await net.close();
  expect(metrics.accuracy).toBe(accuracyOf(whole));
  expect(metrics.accuracy).toBeGreaterThan(0.6);

  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 4) controller.abort();
  };
  await trainNet({ out: parted }, { signal: controller.signal, listeners: [listener] });
  await trainNet({ out: parted }, { resume: true });
  expect(bytes(parted, "last").equals(bytes(whole, "last"))).toBe(true);
});

test("it is quantised as any other", async () => {
  const out = join(temporaryFolder(), "bits");
  await trainNet({ out, quantise: "lsq:w4a4", epochs: 1 });
  const { info, tensors } = await readWeights(join(out, runFiles.best));
  expect(info.passes?.map(({ pass }) => pass)).toEqual(["harmonic", "t-vmf", "quantise"]);
  expect(tensors.has("conv2.weight.step")).toBe(true);
});

test("a loss by name is the loss of training and of evaluation", async () => {
  const out = join(temporaryFolder(), "cosine");
  const { summary } = await trainNet({ out, structure: undefined, loss: "cosine" });
  expect(accuracyOf(out)).toBeGreaterThan(0.6);
  const net = await openTrained(out, { threads: 1 });
  const { loss } = await net.evaluate(stripeSplits().test);
  await net.close();
  expect(loss).toBeCloseTo(summary.test!.loss, 6);
  expect(loss).toBeLessThan(1);
});

describe("refused:", () => {
  test.each<[string, Partial<TrainSettings>, string]>([
    ["an unknown structure", { structure: "harmonics" }, 'unknown structure "harmonics"'],
    [
      "an ensemble",
      { swarm: "pso", deploy: "ensemble" },
      "setting deploy is ensemble: an ensemble of nets with setting structure cannot be kept",
    ],
    [
      "weights of classes beside a loss that has none",
      { structure: undefined, loss: "cosine", focal: 2 },
      "setting focal is 2: the loss is cosine, which cannot weigh classes",
    ],
  ])("%s", async (_, given, message) => {
    await expect(trainNet({ out: join(temporaryFolder(), "refused"), ...given })).rejects.toThrow(
      message,
    );
  });

  test("a loss beside a model's own", () => {
    const images = { channels: 1, height: 32, width: 32, outputs: 10 };
    expect(() => withLoss(createModel("lenet5-1998", images), "cosine")).toThrow(
      "setting loss is cosine: model lenet5-1998 has a loss of its own",
    );
  });
});
