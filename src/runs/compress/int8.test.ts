// A run in whole numbers: of every task it opens as any other; what is no single net in f32 is refused.

import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { costOf } from "../../cost/index.js";
import { openDataset } from "../../data/index.js";
import { netOf } from "../../nn/index.js";
import { type HostTensor, hostTensor, writeNpz } from "../../tensor/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import type { TrainSettings } from "../../train/config.js";
import { modelOf } from "../../train/modelOf.js";
import { encodeWeights, readWeights, vectorOf } from "../../train/weights.js";
import { openWeighed, train } from "../index.js";
import { openTrained } from "../trained.js";
import { compressInt8, type Int8Options } from "./int8.js";

const COUNT = 40;
const threads = 1;

const each = (length: number, of: (at: number) => number) =>
  Float32Array.from({ length }, (_, at) => of(at));

/** Labels of images with sides of so many pixels, by the name of their array. */
const labels: Record<string, (side: number) => HostTensor> = {
  labels: () =>
    hostTensor(
      "f32",
      [COUNT],
      each(COUNT, (at) => at % 2),
    ),
  tags: () =>
    hostTensor(
      "f32",
      [COUNT, 2],
      each(2 * COUNT, (at) => +(at % 3 === 0)),
    ),
  values: () =>
    hostTensor(
      "f32",
      [COUNT],
      each(COUNT, (at) => at % 2),
    ),
  masks: (side) =>
    hostTensor(
      "f32",
      [COUNT, side, side],
      each(COUNT * side ** 2, (at) => +(at % side > side / 2)),
    ),
  points: () =>
    hostTensor(
      "f32",
      [COUNT, 4],
      each(4 * COUNT, (at) => [Math.floor(at / 4), 4, 5, 0][at % 4]),
    ),
  boxes: () =>
    hostTensor(
      "f32",
      [COUNT, 6],
      each(6 * COUNT, (at) => [Math.floor(at / 6), 4, 4, 20, 18, 0][at % 6]),
    ),
};

/** A data set of noise, images of the second kind being brighter. */
function noiseData(folder: string, name: keyof typeof labels, side: number): string {
  const random = new Random({ seed: 1, purpose: "search" });
  const shape = [COUNT, side, side];
  const pixels = COUNT * side ** 2;
  const images = each(pixels, (at) =>
    Math.floor(150 * random.uniform() + 100 * (Math.floor(at / side ** 2) % 2)),
  );
  const arrays = ["train", "test"].flatMap((part): [string, HostTensor][] => [
    [`${part}_images`, hostTensor("u8", shape, Uint8Array.from(images))],
    [`${part}_${name}`, labels[name](side)],
  ]);
  const path = join(folder, "data.npz");
  writeFileSync(path, writeNpz(arrays));
  return path;
}

/** A run of a few steps on such data. */
async function trained(
  settings: Partial<TrainSettings> = {},
  [name, side]: readonly [string, number] = ["labels", 16],
) {
  const folder = temporaryFolder();
  const data = noiseData(folder, name, side);
  const run = join(folder, "run");
  const rest = { model: "lenet5", steps: 6, epochs: 2, batch: 8, selection: 0.25, lr: 0.01 };
  await train({ ...rest, ...settings, threads, data, out: run });
  const out = join(folder, "int8");
  const compress = (options: Partial<Int8Options> = {}) =>
    compressInt8(run, { threads, out, ...options });
  return { folder, data, run, out, compress };
}

/** Makes a channel large in front of conv2, and its weights there as much smaller: in f32 the net is the same. */
async function spread(run: string): Promise<void> {
  const file = join(run, "weights", "best.safetensors");
  const { info, tensors } = await readWeights(file);
  const { layout } = netOf(modelOf(info, file), 1, { training: false });
  const w = vectorOf(layout, tensors, file);
  for (const { name, shape, offset } of layout.params) {
    const [, inputs = 1, ...kernel] = shape;
    const area = sizeOf(kernel);
    const [factor, has] = name.startsWith("conv1.")
      ? [1e4, (at: number) => at < inputs * area]
      : [1e-4, (at: number) => Math.floor(at / area) % inputs === 0];
    if (name !== "conv2.weight" && !name.startsWith("conv1.")) continue;
    for (let at = 0; at < sizeOf(shape); at++) if (has(at)) w[offset + at] *= factor;
  }
  writeFileSync(file, encodeWeights(layout, w, info));
}

describe("every task", () => {
  test.each([
    ["classify", "lenet5", "labels", 16],
    ["tags", "lenet5", "tags", 16],
    ["values", "lenet5", "values", 16],
    ["segment", "unet-8", "masks", 16],
    ["count", "unet-8", "points", 16],
    ["points", "unet-8", "points", 16],
    ["detect", "detector-s", "boxes", 32],
  ] as const)("%s", async (task, model, name, side) => {
    const { data, out, compress } = await trained({ task, model }, [name, side]);
    const report = await compress({ calibrate: 16 });
    expect(report.images).toEqual({ calibration: 16, selection: 10 });
    expect(report.layers.filter(({ type }) => type === "int8").length).toBeGreaterThan(0);
    expect(report.bytes.after).toBeLessThan(0.6 * report.bytes.before);
    const net = await openTrained(out, { threads });
    const { test: held } = await openDataset(data, { kind: net.task.labels });
    const { metrics } = await net.evaluate(held!);
    expect(Object.keys(metrics).length).toBeGreaterThan(0);
    expect(await net.predict(held!)).toHaveLength(COUNT);
    await net.close();
  });
});

describe("a run of classes", () => {
  test("scores as was told, gives features, and is a model with all its numbers", async () => {
    const { data, out, run, compress } = await trained();
    const report = await compress();
    expect(report).toMatchObject({
      images: { calibration: 30, selection: 10 },
      lost: expect.any(Number),
    });
    expect(Math.abs(report.after.loss - report.before.loss)).toBeLessThan(0.05);
    expect(report.layers.map(({ type }) => type)).toEqual(Array(5).fill("int8"));
    const whole = await openTrained(out, { threads });
    const float = await openTrained(run, { threads });
    const { test: held } = await openDataset(data);
    const [a, b] = [await whole.features(held!), await float.features(held!)];
    expect(a.width).toBe(84);
    const largest = Math.max(...b.of);
    expect(Math.max(...a.of.map((value, at) => Math.abs(value - b.of[at])))).toBeLessThan(
      0.05 * largest,
    );
    await whole.close();
    await float.close();
    const { model, w } = await openWeighed(out);
    const { tensors } = await readWeights(out);
    expect([model.name, model.passes?.length]).toEqual(["lenet5", 1]);
    expect(w.filter((value) => !Number.isInteger(value)).length).toBeLessThan(300);
    const [cost, before] = [costOf(model, { w }), costOf((await openWeighed(run)).model)];
    const layers = ["conv1", "conv2", "fc1", "fc2", "fc3"];
    expect(cost.rows.map(({ layer }) => layer)).toEqual(layers);
    expect(cost.rows.map(({ macs }) => macs)).toEqual(before.rows.map(({ macs }) => macs));
    expect(cost.bits).toEqual({ weights: 8, activations: 8 });
    expect(cost.totals.bitOperations).toBe(before.totals.bitOperations / 16);
    // Weights take one byte, biases four, and the scale of each output four.
    const wide = layers.map((name) => sizeOf(tensors.get(`${name}.bias`)!.shape));
    const outputs = wide.reduce((a, b) => a + b);
    expect(cost.totals.sizeBytes).toBe(before.totals.params + 7 * outputs);
  });

  test("one image is enough to calibrate on; layers to keep are in f32", async () => {
    const { compress } = await trained();
    const { layers, images } = await compress({ calibrate: 1, rule: "min-max", keep: ["conv2"] });
    expect(images.calibration).toBe(1);
    expect(layers.filter(({ type }) => type === "f32")).toEqual([
      { name: "conv2", type: "f32", why: "asked for" },
    ]);
  });

  test("layers that cost most go back to f32 until the score loses no more than it may", async () => {
    const settings = { task: "values", steps: 40, epochs: 20 } as const;
    const { folder, run, compress } = await trained(settings, ["values", 16]);
    await spread(run);
    const tried: string[] = [];
    const onTry = (text: string) => tried.push(text);
    const all = await compress({ out: join(folder, "all"), atMost: 1e6, onTry });
    expect(tried).toEqual([]);
    expect(all.lost).toBeGreaterThan(0.01);
    const { lost, layers, before, after } = await compress({ atMost: all.lost / 4, onTry });
    expect(lost).toBeLessThanOrEqual(all.lost / 4);
    expect(lost).toBeCloseTo(after.mae - before.mae, 10);
    const back = layers.filter(({ type }) => type === "f32");
    expect(back).toEqual([
      { name: "conv2", type: "f32", why: expect.stringMatching(/^alone it raises the loss by \d/) },
    ]);
    expect(tried).toEqual([
      ...["conv1", "conv2", "fc1", "fc2", "fc3"].map((name, at) => `layer ${at + 1} of 5: ${name}`),
      "without conv2",
    ]);
    await expect(
      compress({ out: join(folder, "none"), atMost: 1e-9, keep: ["conv1", "fc1", "fc2", "fc3"] }),
    ).rejects.toThrow(
      "no layer is left that could be int8 at a loss of at most 1e-9; allow more by --at-most",
    );
  });

  test("the data may lie elsewhere by now", async () => {
    const { folder, data, run, compress } = await trained();
    const moved = join(folder, "moved.npz");
    renameSync(data, moved);
    await expect(compress()).rejects.toThrow(
      `the data of the run are not there any more; say where: convoy compress ${run} --data NEW`,
    );
    expect((await compress({ data: moved })).images.selection).toBe(10);
  });

  test("a net of a swarm is one net; an ensemble is refused", async () => {
    const swarm = { swarm: "pso", particles: 2, lr: 0.01 } as const;
    const one = await trained({ ...swarm, deploy: "best" });
    expect((await one.compress()).layers).toHaveLength(5);
    const all = await trained({ ...swarm, deploy: "ensemble" });
    await expect(all.compress()).rejects.toThrow(
      /run holds an ensemble of 2 nets; expected one net/,
    );
  });
});

test("bad input is refused before anything is written", async () => {
  const { folder, run, out, compress } = await trained();
  await expect(compress({ calibrate: 0 })).rejects.toThrow("calibrate is 0: expected at least 1");
  await expect(compress({ keep: ["conv9"] })).rejects.toThrow('the net has no layer "conv9"');
  await expect(compress({ keep: ["conv1", "conv2", "fc1", "fc2", "fc3"] })).rejects.toThrow(
    "no layer is left that could be int8",
  );
  await expect(compress({ rule: "best" as "mse" })).rejects.toThrow('rule is "best": expected');
  await expect(compress({ atMost: -1 })).rejects.toThrow("atMost is -1");
  const other = noiseData(temporaryFolder(), "labels", 18);
  await expect(compress({ data: other })).rejects.toThrow("the run was made with other data");
  expect(existsSync(out)).toBe(false);
  await expect(compress({ out: run })).rejects.toThrow("is not empty");
  writeFileSync(join(folder, "file"), "");
  await expect(compress({ out: join(folder, "file") })).rejects.toThrow("a file stands where");
});

test("what is whole numbers already is neither compressed nor trained again", async () => {
  const { data, run, out, folder, compress } = await trained();
  await compress();
  const fixed = (wanted: string) =>
    `${out} holds a net after pass integers, which cannot be ${wanted}; expected the net before: it is in ${run}`;
  const again = join(folder, "again");
  await expect(compressInt8(out, { threads, out: again })).rejects.toThrow(fixed("compressed"));
  await expect(train({ out }, { resume: true })).rejects.toThrow(fixed("trained"));
  const start = { data, pretrained: out, threads, out: again };
  await expect(train(start)).rejects.toThrow(fixed("trained"));
  expect(existsSync(again)).toBe(false);
  expect(readdirSync(out).sort()).toEqual(["config.json", "weights"]);
});
