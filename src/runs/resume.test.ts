import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { mountTinyDisk } from "../../test/support/tinyDisk.js";
import {
  stripeSplits,
  stripes,
  temporaryFolder,
  tinyModel,
  trainTiny,
} from "../../test/support/tinyRun.js";
import { flatten, linear, sequential } from "../nn/index.js";
import type { TrainEvent } from "../train/events.js";
import { runFiles } from "./runFiles.js";

const bytes = (folder: string, file: string) => readFileSync(join(folder, file));

/** A table without its times. */
const timeless = (folder: string) =>
  `${bytes(folder, runFiles.results)}`
    .trim()
    .split("\n")
    .map((row) => row.split(",").slice(0, 6).join());

/** The lines of metrics.jsonl without their times. */
const lines = (folder: string) =>
  `${bytes(folder, runFiles.metrics)}`
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));

function expectSameRun(found: string, expected: string): void {
  for (const file of [runFiles.last, runFiles.best, runFiles.confusionTable]) {
    expect(bytes(found, file).equals(bytes(expected, file)), file).toBe(true);
  }
  expect(timeless(found)).toEqual(timeless(expected));
  expect(lines(found)).toEqual(lines(expected));
}

/** A listener that fails at a step, as a crash would: no checkpoint is written. */
const crashAt = (epoch: number, step: number) => (event: TrainEvent) => {
  if (event.type === "step" && event.epoch === epoch && event.step === step) {
    throw new Error("crash");
  }
};

/** Interrupts at a step, as Ctrl-C does. */
function interruptAt(epoch: number, step: number) {
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === epoch && event.step === step) controller.abort();
  };
  return { signal: controller.signal, listeners: [listener] };
}

describe("a resumed run is the run that was never interrupted", () => {
  test.each([
    ["in the middle of an epoch", 2, 4],
    ["at its first step", 1, 1],
    ["at the last step of an epoch", 2, 10],
  ])("interrupted %s", async (_, epoch, step) => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await trainTiny({ out: whole });
    const stopped = await trainTiny({ out: parted }, interruptAt(epoch, step));
    expect(stopped.summary.test).toBeUndefined();
    expect(stopped.events.at(-1)).toMatchObject({ type: "runEnd", reason: "aborted" });
    expect(existsSync(join(parted, runFiles.summary))).toBe(false);
    await trainTiny({ out: parted }, { resume: true });
    expectSameRun(parted, whole);
  });

  test.each([
    ["before any checkpoint", 1, 3, {}],
    ["after an epoch's checkpoint", 2, 7, {}],
    ["with a checkpoint after every step", 2, 7, { saveMinutes: 0 }],
  ])("crashed %s", async (_, epoch, step, settings) => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await trainTiny({ out: whole, ...settings });
    const run = trainTiny({ out: parted, ...settings }, { listeners: [crashAt(epoch, step)] });
    await expect(run).rejects.toThrow("crash");
    await trainTiny({ out: parted }, { resume: true });
    expectSameRun(parted, whole);
  });

  test("stopped by a number of steps, with its part of an epoch evaluated", async () => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await trainTiny({ out: whole });
    const first = await trainTiny({ out: parted, steps: 14 });
    expect(first.summary).toMatchObject({ epochs: 1, test: { accuracy: expect.any(Number) } });
    expect(first.events.filter((event) => event.type === "epochEnd")).toMatchObject([
      { epoch: 1, complete: true },
      { epoch: 2, complete: false },
    ]);
    expect(first.events.at(-1)).toMatchObject({ reason: "steps" });
    await trainTiny({ out: parted, steps: 1000 }, { resume: true });
    expectSameRun(parted, whole);
  });

  test("finished before", async () => {
    const out = join(temporaryFolder(), "run");
    const first = await trainTiny({ out });
    const last = bytes(out, runFiles.last);
    const { summary, events } = await trainTiny({ out }, { resume: true });
    expect(events.some((event) => event.type === "step")).toBe(false);
    expect(summary).toMatchObject({ best: first.summary.best, test: first.summary.test });
    expect(bytes(out, runFiles.last).equals(last)).toBe(true);
  });

  test("with a line cut off by the crash", async () => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await trainTiny({ out: whole });
    await expect(trainTiny({ out: parted }, { listeners: [crashAt(2, 7)] })).rejects.toThrow(
      "crash",
    );
    writeFileSync(join(parted, runFiles.metrics), '{"type":"st', { flag: "a" });
    await trainTiny({ out: parted }, { resume: true });
    expectSameRun(parted, whole);
  });
});

const disk = mountTinyDisk(256);
afterAll(() => disk?.unmount());

test.skipIf(!disk)(
  "a full disk (needs the right to mount a tmpfs) ends a run, which resumes when there is room again",
  async () => {
    const whole = join(temporaryFolder(), "whole");
    await trainTiny({ out: whole });
    const out = join(disk!.path, "run");
    const filler = join(disk!.path, "filler");
    const fill = (event: TrainEvent) => {
      if (event.type !== "epochEnd" || event.epoch !== 2) return;
      const { bavail, bsize } = statfsSync(disk!.path);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    };
    await expect(trainTiny({ out }, { listeners: [fill] })).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/cannot write state\.safetensors in .*: the disk is full/),
    });
    expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
    rmSync(filler);
    await trainTiny({ out }, { resume: true });
    expectSameRun(out, whole);
  },
);

describe("a run is not resumed", () => {
  async function interrupted(): Promise<string> {
    const out = join(temporaryFolder(), "run");
    await trainTiny({ out }, interruptAt(2, 4));
    return out;
  }

  test("with other settings, which are named", async () => {
    const out = await interrupted();
    await expect(trainTiny({ out, lr: 0.1 }, { resume: true })).rejects.toThrow(
      "the run was made with lr 0.05, not 0.1",
    );
    await expect(trainTiny({ out, model: "resnet20" }, { resume: true })).rejects.toThrow(
      'the run was made with model "lenet5", not "resnet20"',
    );
  });

  test("on other data, with the first difference", async () => {
    const out = await interrupted();
    const fewer = { train: stripes(90, 1), test: stripes(33, 2) };
    await expect(trainTiny({ out }, { resume: true, data: fewer })).rejects.toThrow(
      "the run was made with other data: train was 120, now it is 90",
    );
    const others = { train: stripes(120, 5), test: stripes(33, 2) };
    await expect(trainTiny({ out }, { resume: true, data: others })).rejects.toThrow(
      /other data: hash of labels and images was "[0-9a-f]{64}"/,
    );
  });

  test("as another net, with the first parameter that differs", async () => {
    const out = await interrupted();
    const model: typeof tinyModel = (input) => ({
      ...tinyModel(input),
      layer: sequential({ flatten: flatten(), fc: linear(3) }),
    });
    await expect(trainTiny({ out }, { resume: true, model })).rejects.toThrow(
      /state\.safetensors.*the model has "fc.weight" of \[.*\], the file has it as f32/,
    );
  });

  test("from a damaged state", async () => {
    const out = await interrupted();
    const path = join(out, runFiles.state);
    writeFileSync(path, bytes(out, runFiles.state).subarray(0, 2000));
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(/truncated/);
  });

  test("where there is none", async () => {
    const out = temporaryFolder();
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(`${out} holds no run`);
    await expect(trainTiny({}, { resume: true })).rejects.toThrow("setting out is missing");
  });

  test("but may be moved to another folder", async () => {
    const out = await interrupted();
    const moved = join(temporaryFolder(), "moved");
    cpSync(out, moved, { recursive: true });
    const { summary } = await trainTiny({ out: moved }, { resume: true, data: stripeSplits() });
    expect(summary).toMatchObject({ run: moved, epochs: 3 });
  });
});
