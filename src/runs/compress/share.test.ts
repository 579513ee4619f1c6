// A run with shared weights is a run as any other, and its file is small; so is that of a quantised run.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripesFile } from "../../../test/support/stripesFile.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { costOf } from "../../cost/index.js";
import { openDataset } from "../../data/index.js";
import { readSafetensors } from "../../tensor/index.js";
import type { TrainEvent } from "../../train/events.js";
import type { TrainSettings } from "../../train/index.js";
import { readWeights } from "../../train/weights.js";
import { openTrained, openWeighed, type TrainOptions, train } from "../index.js";
import { compressInt8 } from "./int8.js";
import { compressPruned } from "./prune.js";
import { compressShared } from "./share.js";

const threads = 1;
const fileOf = (run: string, name = "best") => join(run, "weights", `${name}.safetensors`);

/** A run of LeNet-5 on stripes. */
async function begun(more: Partial<TrainSettings> = {}) {
  const folder = temporaryFolder();
  const data = stripesFile(folder);
  const run = join(folder, "run");
  const settings = { model: "lenet5", epochs: 1, batch: 10, lr: 0.01, threads, data };
  const begin = (own: Partial<TrainSettings>, options?: TrainOptions) =>
    train({ ...settings, ...own }, options);
  await begin({ ...more, out: run });
  const { test: images } = await openDataset(data);
  const lossOf = async (from: string) => {
    const net = await openTrained(from, { threads });
    const { loss } = await net.evaluate(images!);
    await net.close();
    return loss;
  };
  return { folder, run, begin, lossOf };
}

test("weights share numbers behind pruning, are trained on, resumed and made int8", async () => {
  const { folder, run, begin, lossOf } = await begun();
  const [sparse, out] = ["sparse", "shared"].map((name) => join(folder, name));
  await compressPruned(run, { by: "magnitude", share: 0.9, out: sparse, threads });
  const { layers, bytes, images } = (await compressShared(sparse, {
    ...{ bits: 4, epochs: 2, lr: 0.001, out, threads },
  }))!;
  expect(images).toBe(6);
  expect(layers.map(({ name }) => name)).toEqual(
    ["conv1", "conv2", "fc1", "fc2", "fc3"].map((name) => `${name}.weight`),
  );
  for (const { weights, nonZeros, centroids } of layers) {
    expect(nonZeros).toBe(Math.round(0.1 * weights));
    expect(centroids).toBeLessThanOrEqual(16);
  }
  expect(bytes.before).toBe(statSync(fileOf(sparse)).size);
  expect(bytes.after).toBe(statSync(fileOf(out)).size);
  expect(bytes.after).toBeLessThan(0.05 * statSync(fileOf(run)).size);

  const centroidsOf = (of: string) => layers.find(({ name }) => name === of)!.centroids;
  const { info, tensors } = await readWeights(out);
  expect(info.passes).toEqual([{ pass: "share", centroids: expect.any(Object) }]);
  expect(new Set(tensors.get("fc1.weight")!.data).size).toBe(centroidsOf("fc1.weight") + 1);
  const first = (await readWeights(sparse)).tensors.get("fc1.weight")!.data;
  expect([...tensors.get("fc1.weight")!.data].map(Boolean)).toEqual([...first].map(Boolean));

  const parted = join(folder, "parted");
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.step === 2) controller.abort();
  };
  const stopped = { bits: 4, epochs: 2, lr: 0.001, out: parted, threads };
  const watch = { signal: controller.signal, listeners: [listener] };
  expect(await compressShared(sparse, { ...stopped, ...watch })).toBeUndefined();
  await train({ out: parted }, { resume: true });
  expect(readFileSync(fileOf(parted, "last"))).toEqual(readFileSync(fileOf(out, "last")));
  await begin({ pretrained: out, out: join(folder, "on"), epochs: 1 });

  const int8 = await compressInt8(out, { threads, out: join(folder, "int8") });
  expect(int8.layers.map(({ name, type }) => [name, type])).toContainEqual(["fc1", "int8"]);
  expect(Math.abs((await lossOf(join(folder, "int8"))) - (await lossOf(out)))).toBeLessThan(0.05);

  const again = (from: string) =>
    compressShared(from, { bits: 2, out: join(folder, "no"), threads });
  await expect(again(out)).rejects.toThrow("holds a net after pass share, whose weights are few");
  const prune = (by: string) =>
    compressPruned(out, { by, share: 0.5, out: join(folder, "no"), threads });
  await expect(prune("magnitude")).rejects.toThrow("no weights of its own that are trained");
  await expect(prune("filters")).rejects.toThrow("no channels that it could rank");
});

test("a quantised run is kept in its bits, gives what it gave, and resumes to the same bytes", async () => {
  const settings = { epochs: 2, quantise: "lsq:w4", saveMinutes: 0 };
  const { folder, run, begin, lossOf } = await begun(settings);
  const { size } = statSync(fileOf(run));
  expect(size).toBeLessThan(0.25 * statSync(fileOf(run, "last")).size);
  const { metadata } = readSafetensors(readFileSync(fileOf(run)));
  expect(JSON.parse(metadata["packed"])["fc1.weight"]).toMatchObject({ as: "grid" });
  const { test: told } = JSON.parse(readFileSync(join(run, "summary.json"), "utf8"));
  expect(await lossOf(run)).toBe(told.loss);
  const parted = join(folder, "parted");
  await begin({ ...settings, steps: 8, out: parted });
  await train({ out: parted, steps: 12 }, { resume: true });
  for (const name of ["best", "last"]) {
    expect(readFileSync(fileOf(parted, name)), name).toEqual(readFileSync(fileOf(run, name)));
  }
});

test("what it costs is told of its weights, not of the table that they are looked up in", async () => {
  const { folder, run } = await begun();
  const out = join(folder, "shared");
  await compressShared(run, { bits: 2, out, threads });
  const [before, after] = await Promise.all(
    [run, out].map(async (from) => {
      const { model, w, bytes } = await openWeighed(from);
      expect(bytes).toBe(statSync(fileOf(from)).size);
      return costOf(model, { w });
    }),
  );
  expect(after.rows.map(({ layer, macs }) => [layer, macs])).toEqual(
    before.rows.map(({ layer, macs }) => [layer, macs]),
  );
  expect(after.totals.params).toBe(before.totals.params + 5 * 4);
  expect(after.totals.sizeBytes).toBeLessThan(0.27 * before.totals.sizeBytes);
});
