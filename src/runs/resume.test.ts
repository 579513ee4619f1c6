import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
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
import { openState } from "../train/checkpoint.js";
import type { TrainEvent } from "../train/events.js";
import { openTraining } from "./fromConfig.js";
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

describe("a resumed run goes on with whatever is whole", () => {
  /** A run that was left alone, and one that was interrupted. */
  async function two() {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await trainTiny({ out: whole });
    await trainTiny({ out: parted }, interruptAt(2, 4));
    return { whole, parted };
  }

  async function resume(out: string): Promise<string[]> {
    const { events } = await trainTiny({ out }, { resume: true });
    return events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  }

  test("the state before a damaged one", async () => {
    const { whole, parted } = await two();
    const damaged = bytes(parted, runFiles.state);
    damaged[damaged.length - 7] ^= 16;
    writeFileSync(join(parted, runFiles.state), damaged);
    expect(await resume(parted)).toEqual([
      expect.stringMatching(/state\.safetensors.*checksum.*; going on from the state before it/),
    ]);
    expectSameRun(parted, whole);
  });

  test("the state before a damaged one is the last one then, and not lost at the next save", async () => {
    const { parted } = await two();
    writeFileSync(join(parted, runFiles.state), "damaged");
    await trainTiny({ out: parted }, { resume: true, signal: AbortSignal.abort() });
    expect(openState(bytes(parted, runFiles.state), "state").progress.epoch).toBe(1);
    expect(existsSync(join(parted, runFiles.previousState))).toBe(false);
  });

  test("the state before one that was not written to its end", async () => {
    const { whole, parted } = await two();
    renameSync(join(parted, runFiles.state), join(parted, runFiles.previousState));
    expect(await resume(parted)).toEqual([expect.stringMatching(/state\.safetensors is missing/)]);
    expectSameRun(parted, whole);
  });

  test("weights that were damaged are those of the state again", async () => {
    const { whole, parted } = await two();
    for (const run of [parted, whole]) {
      const before = [runFiles.last, runFiles.best].map((file) => bytes(run, file));
      for (const file of [runFiles.last, runFiles.best]) writeFileSync(join(run, file), "");
      await trainTiny({ out: run }, { resume: true, signal: AbortSignal.abort() });
      expect([runFiles.last, runFiles.best].map((file) => bytes(run, file))).toEqual(before);
    }
    expect(await resume(parted)).toEqual([]);
    expectSameRun(parted, whole);
  });

  test("lines behind the checkpoint and a table that was lost", async () => {
    const { whole, parted } = await two();
    appendFileSync(join(parted, runFiles.metrics), '{"type":"step","epoch":1,"step":1}\n{"ty');
    writeFileSync(join(parted, runFiles.results), "epoch\n1,x");
    expect(await resume(parted)).toEqual([]);
    expectSameRun(parted, whole);
  });

  test("lines that can be read, when others are damaged, which is said", async () => {
    const { whole, parted } = await two();
    const text = `${bytes(parted, runFiles.metrics)}`.split("\n");
    writeFileSync(
      join(parted, runFiles.metrics),
      text.map((line, at) => (at === 3 ? line.replace('"type"', '\0type"') : line)).join("\n"),
    );
    expect(await resume(parted)).toEqual([
      expect.stringMatching(/metrics\.jsonl is not what it was at the checkpoint/),
    ]);
    expect(lines(parted)).toEqual(lines(whole).filter((_, at) => at !== 3));
  });
});

describe("a swarm that is resumed in its last epoch", () => {
  test("has the tables of one that was left alone", async () => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    const settings = { swarm: "pso", particles: 3, saveMinutes: 0 };
    const open = { open: openTraining };
    await trainTiny({ out: whole, ...settings }, open);
    const controller = new AbortController();
    const stop = (event: TrainEvent) => {
      if (event.type === "checkpoint" && event.epoch === 3) controller.abort();
    };
    const { signal } = controller;
    await trainTiny({ out: parted, ...settings }, { ...open, signal, listeners: [stop] });
    writeFileSync(join(parted, runFiles.particles), "3,0,x\n", { flag: "a" });
    await trainTiny({ out: parted }, { ...open, resume: true });
    expectSameRun(parted, whole);
    for (const file of [runFiles.particles, runFiles.swarm, runFiles.distances]) {
      expect(`${bytes(parted, file)}`, file).toBe(`${bytes(whole, file)}`);
    }
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
      'the run was made with model "tiny", not "resnet20"',
    );
  });

  test.each([
    ["lr", 0.5],
    ["augment", "flip"],
    ["memory", "300MB"],
  ])("with %s changed by hand in its config.json", async (name, value) => {
    const out = await interrupted();
    const config = JSON.parse(`${bytes(out, runFiles.config)}`);
    config.settings[name] = value;
    writeFileSync(join(out, runFiles.config), JSON.stringify(config));
    const logged = bytes(out, runFiles.metrics);
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(
      `has ${name} ${JSON.stringify(value)}, but`,
    );
    expect(bytes(out, runFiles.metrics)).toEqual(logged);
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

  test("from a damaged state, when the one before it is damaged as well", async () => {
    const out = await interrupted();
    for (const file of [runFiles.state, runFiles.previousState]) {
      writeFileSync(join(out, file), bytes(out, file).subarray(0, 2000));
    }
    await expect(trainTiny({ out }, { resume: true })).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(
        /state\.safetensors.*truncated.*; neither is the state before it whole: .*--pretrained/,
      ),
    });
  });

  test("without its states", async () => {
    const out = await interrupted();
    for (const file of [runFiles.state, runFiles.previousState]) rmSync(join(out, file));
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(
      /state\.safetensors is missing; the run cannot go on/,
    );
  });

  test("that began with given weights, without its first state", async () => {
    const folder = temporaryFolder();
    const [first, out] = [join(folder, "first"), join(folder, "second")];
    await trainTiny({ out: first, steps: 3 });
    const pretrained = join(first, runFiles.best);
    const crash = trainTiny({ out, pretrained }, { listeners: [crashAt(1, 2)] });
    await expect(crash).rejects.toThrow("crash");
    rmSync(join(out, runFiles.state));
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(
      /has lost the weights that the run began with/,
    );
  });

  test.each([
    ["another program's", '{"architectures": ["ResNet"], "model_type": "resnet"}'],
    ["a list", "[]"],
    ["nothing", "null"],
    ["without its settings", '{"versions":{"convoy":"0","node":"0"}}'],
  ])("with a config.json that is %s", async (_, text) => {
    const out = await interrupted();
    writeFileSync(join(out, runFiles.config), text);
    await expect(trainTiny({ out }, { resume: true })).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/config\.json: .*; expected the config\.json of a Convoy run/),
    });
  });

  test("with a field in its config.json that is not known", async () => {
    const out = await interrupted();
    const config = JSON.parse(`${bytes(out, runFiles.config)}`);
    writeFileSync(join(out, runFiles.config), JSON.stringify({ ...config, more: 1 }));
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(/unknown field "more"/);
  });

  test("with a setting of another kind in its config.json", async () => {
    const out = await interrupted();
    const config = JSON.parse(`${bytes(out, runFiles.config)}`);
    config.settings.epochs = "3";
    writeFileSync(join(out, runFiles.config), JSON.stringify(config));
    await expect(trainTiny({ out }, { resume: true })).rejects.toThrow(
      /config\.json: settings\.epochs is "3"/,
    );
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
