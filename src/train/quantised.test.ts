// Runs with quantised weights and images, on the native engine.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { openTrained, type TrainOptions } from "../runs/index.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainSettings } from "./config.js";
import type { TrainEvent } from "./events.js";
import { readWeights } from "./weights.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-quantised-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [plain, whole] = [join(folder, "plain"), join(folder, "whole")];

const settings: Partial<TrainSettings> = {
  ...{ model: "lenet5", size: 16, augment: "flip" },
  ...{ engine: "native", threads: 1 },
};
const lsq = { quantise: "lsq:w4a4" };

/** Trains a LeNet-5 on stripes. */
const trainNet = (given: Partial<TrainSettings>, options: TrainOptions = {}) =>
  trainTiny(options.resume ? given : { ...settings, ...given }, { model: undefined, ...options });

beforeAll(async () => {
  await trainNet({ out: plain });
  await trainNet({ out: whole, ...lsq });
}, 60_000);

const bytes = (run: string, file: keyof typeof runFiles) => readFileSync(join(run, runFiles[file]));
const best = (run: string) => readWeights(join(run, runFiles.best));
const accuracyOf = (run: string) => JSON.parse(`${bytes(run, "summary")}`).test.accuracy as number;

test("the best weights open as any others, and do what the run says of them", async () => {
  const { info, tensors } = await best(whole);
  expect(info.passes).toMatchObject([{ pass: "quantise", method: "lsq" }]);
  expect(tensors.get("conv2.weight.step")?.data[0]).toBeGreaterThan(0);
  const net = await openTrained(whole, { threads: 1 });
  const { metrics } = await net.evaluate(stripeSplits().test);
  await net.close();
  expect(metrics.accuracy).toBe(accuracyOf(whole));
  expect(metrics.accuracy).toBeGreaterThan(0.6);
});

test("a resumed run is the run that was never interrupted", async () => {
  const parted = join(temporaryFolder(), "parted");
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 4) controller.abort();
  };
  await trainNet({ out: parted, ...lsq }, { signal: controller.signal, listeners: [listener] });
  await trainNet({ out: parted }, { resume: true });
  for (const file of ["last", "best"] as const) {
    expect(bytes(parted, file).equals(bytes(whole, file)), file).toBe(true);
  }
});

test("weights in f32 start it, and its own weights another one like it", async () => {
  const still = { lr: 1e-12, decay: 0, schedule: "constant", epochs: 1 } as const;
  const [fine, again] = [join(temporaryFolder(), "fine"), join(temporaryFolder(), "again")];
  await trainNet({ out: fine, pretrained: plain, ...still, ...lsq });
  // The best weights are kept as what they count as.
  const after = await readWeights(join(fine, runFiles.last));
  const before = await best(plain);
  for (const [name, { data }] of before.tensors) {
    expect(after.tensors.get(name)?.data).toEqual(data);
  }
  await trainNet({ out: again, pretrained: whole, ...still });
  const [trained, kept] = [await best(whole), await best(again)];
  for (const [name, { data }] of trained.tensors) {
    if (name.endsWith(".step")) expect(kept.tensors.get(name)?.data).toEqual(data);
  }
});

test("nets of a swarm begin by their own weights, and are one net in the end", async () => {
  const out = join(temporaryFolder(), "swarm");
  await trainNet({ out, swarm: "pso", particles: 3, ...lsq });
  expect(accuracyOf(out)).toBeGreaterThan(0.6);
  expect((await best(out)).info.passes).toMatchObject([{ pass: "quantise" }]);
});

describe("refused:", () => {
  const of = (given: Partial<TrainSettings>) =>
    trainNet({ out: join(temporaryFolder(), "refused"), ...given });

  test("a method that there is not", async () => {
    await expect(of({ quantise: "lqs:w4a4" })).rejects.toThrow('unknown method of quantise "lqs"');
  });

  test("an ensemble", async () => {
    await expect(of({ ...lsq, swarm: "pso", deploy: "ensemble" })).rejects.toThrow(
      "setting deploy is ensemble: an ensemble of nets with setting quantise cannot be kept",
    );
  });

  test("weights of a net that is quantised in another way", async () => {
    await expect(of({ pretrained: whole, quantise: "lsq:w3a3" })).rejects.toThrow(
      `setting quantise is lsq:w3a3: ${whole} holds a net with another quantise`,
    );
  });
});
