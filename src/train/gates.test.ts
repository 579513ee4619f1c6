// Runs whose gates a penalty shuts: which epoch counts, how they go on, and what is left of them.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripesFile } from "../../test/support/stripesFile.js";
import { openDataset } from "../data/index.js";
import {
  compressPruned,
  compressShared,
  openTrained,
  type TrainOptions,
  train,
} from "../runs/index.js";
import type { TrainSettings } from "./config.js";
import type { TrainEvent } from "./events.js";
import { gateCost } from "./gates.js";
import { readWeights } from "./weights.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-gates-"));
afterAll(() => rmSync(folder, { recursive: true }));
const data = stripesFile(folder);
const settings = { data, model: "lenet5", batch: 10, lr: 0.01, epochs: 4, threads: 1 } as const;
const place = (name: string) => join(folder, name);

const begin = (given: Partial<TrainSettings>, options?: TrainOptions) =>
  train({ ...settings, saveMinutes: 0, prune: "l0=100", ...given }, options);

const bytes = (run: string, file = "last") =>
  readFileSync(join(run, "weights", `${file}.safetensors`));

async function lossOf(run: string): Promise<number> {
  const net = await openTrained(run, { threads: 1 });
  const { loss } = await net.evaluate((await openDataset(data)).test!);
  await net.close();
  return loss;
}

/** Aborts at a step of an epoch, and goes on. */
async function parted(out: string, given: Partial<TrainSettings>) {
  const controller = new AbortController();
  const listener = (event: TrainEvent) => {
    if (event.type === "step" && event.epoch === 3 && event.step === 2) controller.abort();
  };
  await begin({ ...given, out }, { signal: controller.signal, listeners: [listener] });
  await train({ out, threads: 1 }, { resume: true });
}

const run = place("run");
beforeAll(() => begin({ out: run }));

test("the last epoch counts, and a resumed run ends with the same bytes", async () => {
  const { best } = JSON.parse(readFileSync(join(run, "summary.json"), "utf8"));
  expect(best.epoch).toBe(4);
  const { info, tensors } = await readWeights(run);
  const of = ["conv1", "conv2", "fc1", "fc2"].map((name) => `${name}.weight.gate`);
  expect(info.passes).toEqual([{ pass: "gates", of }]);
  expect(tensors.get("fc1.weight.gate")!.shape).toEqual([120]);
  await parted(place("parted"), {});
  expect(bytes(place("parted")).equals(bytes(run))).toBe(true);
});

test("what is shut goes, and the run gives what it gave", async () => {
  const out = place("slim");
  const { size, before, after } = (await compressPruned(run, { by: "l0", out, threads: 1 }))!;
  expect(size.after.parameters).toBeLessThan(0.5 * size.before.parameters);
  expect(after["accuracy"]).toBe(before["accuracy"]);
  expect(await lossOf(out)).toBeCloseTo(await lossOf(run), 5);
  const { info } = await readWeights(out);
  expect(info.passes!.every(({ pass }) => pass === "channels")).toBe(true);

  const trained = place("trained");
  await compressPruned(run, { by: "l0", out: trained, epochs: 1, threads: 1 });
  expect((await readWeights(trained)).info.passes).toEqual(info.passes);
  await expect(compressPruned(out, { by: "l0", out: place("twice"), threads: 1 })).rejects.toThrow(
    "prune l0: the net of",
  );
});

test("they go with channels that are removed otherwise, and stand before those that are left", async () => {
  const [slim, again, slimmer] = ["filtered", "again", "slimmer"].map(place);
  const options = { threads: 1, share: 0.5 };
  await compressPruned(run, { by: "filters", out: slim, ...options });
  await begin({ pretrained: slim, out: again });
  const { info, tensors } = await readWeights(again);
  expect(info.passes!.map(({ pass }) => pass)).toEqual(["gates", "channels"]);
  expect(tensors.get("fc1.weight.gate")!.shape).toEqual([60]);
  await compressPruned(again, { by: "l0", out: slimmer, threads: 1 });
  expect(await lossOf(slimmer)).toBeCloseTo(await lossOf(again), 5);
  const [once, quantised, shared] = ["once", "quantised", "shared"].map(place);
  await compressShared(again, { bits: 4, out: shared, threads: 1 });
  await expect(compressPruned(shared, { by: "l0", out: place("no"), threads: 1 })).rejects.toThrow(
    "are numbers of a table (pass share)",
  );
  await begin({ pretrained: slimmer, epochs: 1, out: once });
  const last = (await readWeights(once)).info.passes!.map(({ pass }) => pass);
  expect([last[0], last.at(-1)]).toEqual(["channels", "gates"]);
  const bits = { prune: undefined, quantise: "lsq:w4", epochs: 1 };
  await expect(begin({ ...bits, pretrained: once, out: place("no") })).rejects.toThrow(
    `setting quantise is lsq:w4: the net of ${once} has gates`,
  );
  await begin({ ...bits, out: quantised });
  await expect(begin({ pretrained: quantised, out: place("no") })).rejects.toThrow(
    `setting prune is l0: weights of ${quantised} are quantised`,
  );
});

test("so do those of a swarm", async () => {
  const [whole, halves, slim] = ["swarm", "halves", "slimSwarm"].map(place);
  const swarm = { swarm: "parle", particles: 2 } as const;
  await begin({ ...swarm, out: whole });
  await parted(halves, swarm);
  expect(bytes(halves, "best").equals(bytes(whole, "best"))).toBe(true);
  const options = { by: "l0", out: slim, threads: 1 };
  const { size } = (await compressPruned(whole, options))!;
  expect(size.after.parameters).toBeLessThan(size.before.parameters);
  expect(await lossOf(slim)).toBeCloseTo(await lossOf(whole), 5);
});

test("without a cost there is nothing to shut gates", async () => {
  const open = place("open");
  await begin({ prune: "l0=1e-6", epochs: 1, out: open });
  await expect(compressPruned(open, { by: "l0", out: place("none"), threads: 1 })).rejects.toThrow(
    "is shut; train it for longer",
  );
});

describe("refused:", () => {
  test.each([
    ["l0", "expected what the whole net costs beside its loss, above 0, as l0=1"],
    ["l0=0", "expected what the whole net costs"],
    ["l0=half", "expected what the whole net costs"],
  ])("%s", (text, message) => {
    expect(() => gateCost(text)).toThrow(message);
  });

  test.each<[string, Partial<TrainSettings>, string]>([
    ["quantised weights", { quantise: "lsq:w4" }, "setting prune is l0=100: a weight times a gate"],
    ["other structures", { structure: "t-vmf" }, "setting prune is l0=100: with setting structure"],
    [
      "an optimizer that compares losses",
      { optimizer: "rmtr", lr: undefined },
      "setting prune is l0=100: rmtr compares losses",
    ],
    ["an ensemble", { swarm: "pso", deploy: "ensemble" }, "with setting prune cannot be kept"],
  ])("%s", async (_, given, message) => {
    await expect(begin({ ...given, out: place("refused") })).rejects.toThrow(message);
  });

  test.each([
    { share: 0.5 },
    { macs: 0.5 },
    { rounds: 2 },
    { rewind: "runs/early" },
    { images: 100 },
  ])("%j, which says nothing of gates", async (given) => {
    const options = { by: "l0", out: place("refused"), threads: 1, ...given };
    await expect(compressPruned(run, options)).rejects.toThrow(
      `compress: ${Object.keys(given)[0]} has no effect on l0`,
    );
  });
});
