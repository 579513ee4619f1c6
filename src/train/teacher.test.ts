// Runs that learn from another net, on the native engine.

import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { type ClassLabels, type Dataset, openDataset } from "../data/index.js";
import type { TrainOptions } from "../runs/index.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainSettings } from "./config.js";
import type { TrainEvent } from "./events.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-teacher-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [one, several] = [join(folder, "one"), join(folder, "several")];

const settings: Partial<TrainSettings> = {
  ...{ model: "lenet5", size: 16, augment: "flip" },
  ...{ engine: "native", threads: 1 },
};

/** Trains a LeNet-5 on stripes. */
const trainNet = (given: Partial<TrainSettings>, options: TrainOptions = {}) =>
  trainTiny(options.resume ? given : { ...settings, ...given }, { model: undefined, ...options });

beforeAll(async () => {
  await trainNet({ out: one, epochs: 4 });
  const swarm = { swarm: "independent", particles: 2, deploy: "ensemble" };
  await trainNet({ out: several, ...swarm, batch: 10, lr: 0.02 });
}, 60_000);

const bytes = (run: string, file: keyof typeof runFiles) => readFileSync(join(run, runFiles[file]));

const lossesOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.loss] : []));

/** Interrupts at a step, as Ctrl-C does. */
function interruptAt(epoch: number, step: number) {
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === epoch && event.step === step) controller.abort();
  };
  return { signal: controller.signal, listeners: [listener] };
}

/** Loss and metrics of each epoch, and what they cost. */
const told = (run: string) =>
  `${bytes(run, "metrics")}`
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));

describe("a run with a teacher", () => {
  test("that does not count is the run without it, to the byte", async () => {
    const [taught, alone] = [join(temporaryFolder(), "taught"), join(temporaryFolder(), "alone")];
    await trainNet({ out: taught, teacher: one, distil: { alpha: 0 } });
    await trainNet({ out: alone });
    expect(bytes(taught, "last").equals(bytes(alone, "last"))).toBe(true);
  });

  test("has nothing to learn where it knows the same", async () => {
    const out = join(temporaryFolder(), "run");
    const known = { pretrained: one, teacher: one, distil: { alpha: 1 } };
    const { events } = await trainNet({ out, ...known, steps: 2 });
    for (const loss of lossesOf(events)) expect(Math.abs(loss)).toBeLessThan(1e-5);
  });

  test.each([
    ["one net", one],
    ["an ensemble", several],
  ])("learns from %s, and resumes bit for bit", async (_, teacher) => {
    const [whole, parted] = [join(temporaryFolder(), "whole"), join(temporaryFolder(), "parted")];
    const taught = { teacher, distil: { alpha: 1 }, epochs: 4, lr: 0.01 };
    const { summary, events } = await trainNet({ out: whole, ...taught });
    expect(summary.test?.accuracy).toBeGreaterThan(0.6);
    const [start] = events;
    const members = teacher === several ? 2 : undefined;
    expect(start).toMatchObject({ teacher: { path: teacher, model: "lenet5" } });
    expect(start.type === "runStart" && start.teacher?.members).toBe(members);
    await trainNet({ out: parted, ...taught }, interruptAt(2, 3));
    await trainNet({ out: parted }, { resume: true });
    for (const file of ["last", "best"] as const) {
      expect(bytes(parted, file).equals(bytes(whole, file)), file).toBe(true);
    }
    expect(told(parted)).toEqual(told(whole));
  });

  test("counts the teacher's work", async () => {
    const cost = async (teacher?: string) => {
      const out = join(temporaryFolder(), "run");
      const { summary, events } = await trainNet({ out, epochs: 1, teacher });
      const [start] = events;
      return [summary.gradients, start.type === "runStart" ? start.teacher?.gradients : 0];
    };
    expect(await cost()).toEqual([1, undefined]);
    const [gradients, told] = await cost(one);
    expect(gradients).toBe(told);
    expect(gradients).toBeGreaterThan(1.2);
    expect(gradients).toBeLessThan(1.6);
    expect((await cost(several))[0]).toBeCloseTo(2 * gradients! - 1, 1);
  });

  test.each<[string, Partial<TrainSettings>]>([
    ["micro-batches", { accumulate: 2 }],
    ["a scaled loss", { lossScale: 8 }],
    ["recomputed values", { recompute: 2 }],
    ["a swarm of one", { swarm: "independent", particles: 1 }],
  ])("is the same with %s, but for rounding", async (_, given) => {
    const taught = { teacher: several, augment: "", epochs: 1, lr: 0.005, batch: 10 };
    const finals = [];
    for (const own of [{}, given]) {
      const out = join(temporaryFolder(), "run");
      finals.push((await trainNet({ out, ...taught, ...own })).summary.test!);
    }
    expect(finals[1].loss).toBeCloseTo(finals[0].loss, 4);
  });

  test("shows it images, also where a part of the net that learns is frozen", async () => {
    const out = join(temporaryFolder(), "run");
    const taught = { pretrained: one, freeze: "body", teacher: one, distil: { alpha: 1 } };
    const { events } = await trainNet({ out, ...taught, augment: "", steps: 2 });
    for (const loss of lossesOf(events)) expect(Math.abs(loss)).toBeLessThan(1e-5);
  });
});

describe("a teacher of a run that is resumed", () => {
  /** A run that was interrupted, and its teacher, which may be moved. */
  async function interrupted() {
    const place = temporaryFolder();
    const [out, teacher] = [join(place, "run"), join(place, "teacher")];
    cpSync(one, teacher, { recursive: true });
    await trainNet({ out, teacher }, interruptAt(1, 3));
    return { out, teacher };
  }

  test("may lie elsewhere, and is named there", async () => {
    const { out, teacher } = await interrupted();
    const moved = `${teacher}-moved`;
    renameSync(teacher, moved);
    await expect(trainNet({ out }, { resume: true })).rejects.toThrow(
      `teacher ${teacher}: there is no such file`,
    );
    const { summary } = await trainNet({ out, teacher: moved }, { resume: true });
    expect(summary.epochs).toBe(3);
  });

  test("must be the same, and there at all", async () => {
    const { out, teacher } = await interrupted();
    cpSync(bytesOfOther(), join(teacher, runFiles.best));
    await expect(trainNet({ out }, { resume: true })).rejects.toThrow(
      /^teacher .*teacher was changed: its SHA-256 was [0-9a-f]{12} when the run was made, now it is/,
    );
    const alone = join(temporaryFolder(), "alone");
    await trainNet({ out: alone }, interruptAt(1, 3));
    await expect(trainNet({ out: alone, teacher: one }, { resume: true })).rejects.toThrow(
      `the run was made with no teacher, now it is ${one}`,
    );
  });

  /** Weights of the same net at the end of its training, which are not its best. */
  const bytesOfOther = () => join(several, runFiles.best);
});

/** Stripes whose classes are named otherwise. */
function renamed(classes: readonly string[]) {
  const { train, test: others } = stripeSplits();
  const named = (dataset: Dataset<ClassLabels>) => ({
    ...dataset,
    labels: { ...dataset.labels, classes },
  });
  return { train: named(train), test: named(others) };
}

describe("is refused:", () => {
  test.each<[string, Partial<TrainSettings>, TrainOptions, string]>([
    [
      "other classes",
      {},
      { data: renamed(["top", "below", "bottom"]) },
      'its output 2 is "middle", that of the run "below"',
    ],
    [
      "other order",
      {},
      { data: renamed(["middle", "top", "bottom"]) },
      'its output 1 is "top", that of the run "middle"',
    ],
    [
      "another size",
      { size: 20 },
      {},
      "it takes images [1, 16, 16] (channels, height, width), the run [1, 20, 20]; both see the same ones, of one size, as with --size 16",
    ],
    ["nobody", { teacher: "nowhere" }, {}, "nowhere: there is no such file"],
    ["a share above 1", { distil: { alpha: 2 } }, {}, "distil: setting alpha"],
    [
      "no temperature to speak of",
      { distil: { temperature: 1e-30 } },
      {},
      "expected at least 0.01",
    ],
    ["a heat in which all drowns", { distil: { temperature: 1e300 } }, {}, "expected at most 100"],
    [
      "another number",
      { distil: { beta: 2 } },
      {},
      'distil: unknown setting "beta"; known: alpha, temperature',
    ],
    [
      "numbers without a teacher",
      { teacher: undefined, distil: { alpha: 0.5 } },
      {},
      "setting distil has no effect without teacher",
    ],
  ])("%s", async (_, given, options, message) => {
    const out = join(temporaryFolder(), "run");
    await expect(trainNet({ out, teacher: one, ...given }, options)).rejects.toThrow(message);
  });

  test("a net with another loss", async () => {
    const out = join(temporaryFolder(), "run");
    const given = { out, teacher: one, model: "lenet5-1998", size: 28 };
    await expect(trainNet(given, { data: await openDataset("mnist") })).rejects.toThrow(
      "model lenet5-1998 has a loss of its own, which cannot be taught by another net",
    );
  });

  test("a task that knows no distance between answers", async () => {
    const { train } = stripeSplits();
    const of = Float32Array.from({ length: train.length }, (_, at) => at);
    const labels = { kind: "values", of, names: ["a"] } as const;
    const out = join(temporaryFolder(), "run");
    const run = trainNet({ out, teacher: one }, { data: { train: { ...train, labels } } });
    await expect(run).rejects.toThrow(
      `setting teacher is ${one}: task values, which cannot be taught by another net; tasks classify and tags can`,
    );
  });
});
