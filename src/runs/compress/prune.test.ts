// A pruned run is a run as any other: it is trained on, resumed, evaluated, compressed, and starts other runs.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripesFile } from "../../../test/support/stripesFile.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { openDataset } from "../../data/index.js";
import type { TrainEvent } from "../../train/events.js";
import type { TrainSettings } from "../../train/index.js";
import { readWeights } from "../../train/weights.js";
import { openTrained, openWeights, type TrainOptions, train } from "../index.js";
import { compressInt8 } from "./int8.js";
import { compressPruned, type PruneOptions } from "./prune.js";

const threads = 1;

/** A run of a small residual net, and how others are made of it. */
async function trained(settings: Partial<TrainSettings> = {}) {
  const folder = temporaryFolder();
  const data = stripesFile(folder);
  const run = join(folder, "run");
  const rest = { model: "resnet8", epochs: 1, batch: 10, lr: 0.01, warmup: 0 };
  const begin = (more: Partial<TrainSettings>, options?: TrainOptions) =>
    train({ ...rest, ...more, threads, data }, options);
  await begin({ ...settings, out: run });
  const slim = (options: Partial<PruneOptions> = {}, from = run) =>
    compressPruned(from, {
      by: "filters",
      share: 0.5,
      threads,
      out: join(folder, "slim"),
      ...options,
    });
  return { folder, run, data, begin, slim };
}

const bytes = (run: string, file = "best") =>
  readFileSync(join(run, "weights", `${file}.safetensors`));

test("channels go, the rest is trained on, and all that opens runs opens it", async () => {
  const { folder, slim, data } = await trained();
  const out = join(folder, "slim");
  const { size, images, before, pruned, after } = (await slim({ epochs: 2 }))!;
  expect(size.after.parameters).toBeLessThan(0.3 * size.before.parameters);
  expect(size.after.macs).toBeLessThan(0.3 * size.before.macs);
  expect(size.after.bytes).toBeLessThan(0.4 * size.before.bytes);
  expect([images, Object.keys(before)]).toEqual([6, Object.keys(after)]);
  expect(pruned.loss).not.toBe(after.loss);

  const { info, tensors } = await readWeights(out);
  expect(info.passes).toMatchObject([{ pass: "channels", removed: expect.any(Object) }]);
  expect(tensors.get("conv.weight")!.shape).toEqual([8, 1, 3, 3]);
  const net = await openTrained(out, { threads });
  const { test: images2 } = await openDataset(data);
  const { loss } = await net.evaluate(images2!);
  expect(loss).toBeCloseTo(
    JSON.parse(readFileSync(join(out, "summary.json"), "utf8")).test.loss,
    5,
  );
  expect((await net.features(images2!)).width).toBe(32);
  await net.close();
  const weights = await openWeights(out, { threads });
  expect(weights.featureShape).toEqual([32, 5, 5]);
  expect(await weights.logits(new Float32Array(324))).toHaveLength(3);
  await weights.close();

  const twice = (await slim({ out: join(folder, "slimmer"), by: "slimming", share: 0.3 }, out))!;
  expect(twice.size.before).toEqual(size.after);
  expect(twice.size.after.parameters).toBeLessThan(size.after.parameters);
  const whole = join(folder, "whole");
  const int8 = await compressInt8(out, { threads, out: whole });
  expect(int8.bytes.after).toBeLessThan(0.6 * int8.bytes.before);
  await expect(slim({ out: join(folder, "no") }, whole)).rejects.toThrow("cannot be compressed");
});

test("it starts other runs, of swarms too, and is resumed to the same bytes", async () => {
  const { folder, slim, begin } = await trained();
  const out = join(folder, "slim");
  await slim();
  expect(existsSync(join(out, "summary.json"))).toBe(false);
  const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
  const settings = { pretrained: out, epochs: 2, saveMinutes: 0 };
  await begin({ ...settings, out: whole });
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 2) controller.abort();
  };
  await begin({ ...settings, out: parted }, { signal: controller.signal, listeners: [listener] });
  expect(existsSync(join(parted, "summary.json"))).toBe(false);
  await train({ out: parted }, { resume: true });
  expect(bytes(parted, "last").equals(bytes(whole, "last"))).toBe(true);

  const swarm = { pretrained: out, swarm: "pso", particles: 2, out: join(folder, "swarm") };
  await begin(swarm);
  expect((await readWeights(swarm.out)).info.passes).toHaveLength(1);
  await expect(begin({ ...swarm, out: join(folder, "no"), deploy: "ensemble" })).rejects.toThrow(
    "setting deploy is ensemble: nets after pass channels make no ensemble",
  );
});

test("in rounds the share rises to the one that is wanted", async () => {
  const { folder, slim } = await trained();
  const once = (await slim({ by: "magnitude", share: 0.8 }))!;
  const out = join(folder, "rounds");
  const { size } = (await slim({ by: "magnitude", share: 0.8, rounds: 2, epochs: 1, out }))!;
  expect(size.after.nonZeros).toBeLessThan(1.05 * once.size.after.nonZeros);
  expect((await readWeights(out)).info.passes).toHaveLength(1);
  const thin = join(folder, "thin");
  await slim({ rounds: 2, epochs: 1, out: thin });
  const { info, tensors } = await readWeights(thin);
  expect(info.passes).toHaveLength(2);
  expect(tensors.get("conv.weight")!.shape).toEqual([8, 1, 3, 3]);
});

test("masked weights stay 0 through training", async () => {
  const { folder, slim } = await trained();
  const out = join(folder, "sparse");
  const { size } = (await slim({ by: "magnitude", share: 0.8, epochs: 1, out }))!;
  expect(size.after.parameters).toBe(size.before.parameters);
  expect(size.after.nonZeros).toBeLessThan(0.22 * size.before.nonZeros);
  expect(size.after.macs).toBe(size.before.macs);
  const { tensors } = await readWeights(out);
  const [weights, mask] = ["conv.weight", "conv.weight.mask"].map((name) => tensors.get(name)!);
  expect([...mask.data].filter((one) => one === 1)).toHaveLength(29);
  expect([...weights.data].map((weight) => (weight === 0 ? 0 : 1))).toEqual([...mask.data]);
  expect(weights.data).not.toEqual(
    (await readWeights(join(folder, "run"))).tensors.get("conv.weight")!.data,
  );
});

test("what cannot be pruned is refused before anything is written", async () => {
  const { folder, slim, begin } = await trained({ model: "lenet5" });
  const out = join(folder, "slim");
  await expect(slim({ share: 1 })).rejects.toThrow("compress: setting share is 1");
  await expect(slim({ lr: 0.1 })).rejects.toThrow("lr has no effect without epochs of training");
  await expect(slim({ rounds: 2 })).rejects.toThrow("rounds has no effect without epochs");
  await expect(slim({ by: "low-rank", rounds: 2, epochs: 1 })).rejects.toThrow(
    "rounds has no effect on low-rank",
  );
  await expect(slim({ by: "filter" })).rejects.toThrow('unknown way to prune "filter"');
  await expect(slim({ by: "slimming" })).rejects.toThrow("no channels that it could rank");
  const swarm = { swarm: "pso", particles: 2, deploy: "ensemble", out: join(folder, "two") };
  await begin({ model: "lenet5", ...swarm });
  await expect(slim({}, swarm.out)).rejects.toThrow("holds an ensemble of 2 nets");
  expect(existsSync(out)).toBe(false);
  await expect(slim({ out: swarm.out })).rejects.toThrow(swarm.out);
});

test("a net that was not trained on is not resumed, and stays as it is", async () => {
  const { folder, slim, begin } = await trained();
  const out = join(folder, "sparse");
  await slim({ by: "magnitude", share: 0.5, out });
  const before = bytes(out);
  await expect(begin({ out }, { resume: true })).rejects.toThrow(
    `${out} holds a net that was made smaller, and no training to go on with`,
  );
  expect(bytes(out)).toEqual(before);
  const back = join(folder, "back");
  await expect(slim({ by: "magnitude", share: 0.3, out: back }, out)).rejects.toThrow(
    "is gone already; expected that or more, found 0.3",
  );
  await expect(slim({ by: "low-rank", share: 0.3, out: back }, out)).rejects.toThrow(
    "masks and quantisers stand in between",
  );
  expect(existsSync(back)).toBe(false);
});

test("what the run's settings name is found from where the run was begun", async () => {
  const { folder, slim } = await trained({ model: "lenet5" });
  const file = join(folder, "run", "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  const weights = config.data.names.map((name: string, at: number) => `${name},${at + 1}`);
  writeFileSync(join(folder, "weights.csv"), ["class,weight", ...weights, ""].join("\n"));
  config.startedIn = folder;
  Object.assign(config.settings, { data: "data.npz", classWeights: "weights.csv" });
  writeFileSync(file, JSON.stringify(config));
  const report = await slim({ epochs: 1 });
  expect(report!.lost).toEqual(expect.any(Number));
});

test("each layer keeps the channels that it needs, until half of the multiply-adds is left", async () => {
  const { folder, slim } = await trained({ model: "lenet5" });
  const out = join(folder, "auto");
  const asked = { share: undefined, macs: 0.5, images: 16 };
  const { size } = (await slim({ ...asked, epochs: 1, out }))!;
  expect(size.after.macs).toBeLessThanOrEqual(0.5 * size.before.macs);
  expect(size.after.macs).toBeGreaterThan(0.35 * size.before.macs);
  expect((await readWeights(out)).info.passes).toMatchObject([{ pass: "channels" }]);
  await expect(slim({ macs: 0.5 })).rejects.toThrow("pruning needs one goal");
  await expect(slim({ images: 16 })).rejects.toThrow("images has no effect without macs");
  await expect(slim({ ...asked, by: "magnitude" })).rejects.toThrow(
    "prune magnitude: it takes no channels, of which each layer could have its own share; those that do: filters, slimming",
  );
  await expect(slim({ ...asked, epochs: 1, rounds: 2 })).rejects.toThrow(
    "rounds has no effect on macs",
  );
});

test("a training that diverges before the last round leaves nothing, and says so", async () => {
  const { folder, slim } = await trained({ model: "lenet5" });
  const options = { by: "magnitude", rounds: 2, epochs: 1, lr: 1e30 };
  await expect(slim(options)).rejects.toMatchObject({
    name: "DivergedError",
    message: expect.stringMatching(/round 1 of 2: nothing is kept of rounds before the last one$/),
  });
  expect(existsSync(join(folder, "slim"))).toBe(false);
});
