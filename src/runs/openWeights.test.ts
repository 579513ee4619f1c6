import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shapesOf } from "../../test/support/foreignFile.js";
import { formulaTensor } from "../../test/support/formulaWeights.js";
import { noise } from "../../test/support/layers.js";
import { nameMaps } from "../models/index.js";
import { hostTensor } from "../tensor/host.js";
import { writeSafetensors } from "../tensor/safetensors.js";
import { openWeights, type WeightedNet } from "./openWeights.js";

const SIZE = 32;
const PIXELS = 3 * SIZE * SIZE;
const input = [3, SIZE, SIZE] as const;
const map = nameMaps.find(({ name }) => name === "shufflenetv2-0.5")!;
const folder = mkdtempSync(join(tmpdir(), "convoy-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of the map's tensors, or of some of them. */
function fileOf(name: string, taken: (tensor: string) => boolean = () => true): string {
  const path = join(folder, `${name}.safetensors`);
  const tensors = shapesOf(map, 5)
    .filter(([own]) => taken(own))
    .map(([own, shape]) => [own, formulaTensor(own, shape)] as const);
  writeFileSync(path, writeSafetensors(tensors));
  return path;
}

describe("openWeights", () => {
  let net: WeightedNet;
  beforeAll(async () => {
    net = await openWeights(fileOf("whole"), { input });
  });
  afterAll(() => net.close());

  test("finds the model and the classes", () => {
    expect(net.model).toMatchObject({ name: "shufflenetv2-0.5", input: [3, 32, 32], outputs: 5 });
    expect(net.info.names).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("gives each image of a batch its own logits and features, whatever stands beside it", async () => {
    const count = 35;
    const x = noise(count * PIXELS);
    const [logits, features] = [await net.logits(x), await net.features(x)];
    expect(net.featureShape).toEqual([1024, 1, 1]);
    expect([logits.length, features.length]).toEqual([5 * count, 1024 * count]);
    const last = x.subarray((count - 1) * PIXELS);
    const alone = [...(await net.logits(last))];
    for (const [at, value] of alone.entries()) {
      expect(logits[5 * (count - 1) + at]).toBeCloseTo(value, 4);
    }
    expect(new Set(logits).size).toBeGreaterThan(4 * count);
    expect((await net.features(last))[3]).toBeCloseTo(features[1024 * (count - 1) + 3], 4);
  });

  test("its logits are those that the last layer makes of the means of its features", async () => {
    const x = noise(PIXELS);
    const [logits, features] = [await net.logits(x), await net.features(x)];
    const weight = formulaTensor("fc.weight", [5, 1024]).data;
    const bias = formulaTensor("fc.bias", [5]).data;
    for (const [at, logit] of logits.entries()) {
      const sum = features.reduce((total, value, k) => total + value * weight[1024 * at + k], 0);
      expect(logit).toBeCloseTo(sum + bias[at], 4);
    }
  });

  test.each([0, PIXELS - 1, PIXELS + 1])(
    "refuses %d numbers, which are no images",
    async (length) => {
      await expect(net.logits(new Float32Array(length))).rejects.toThrow(
        `x has ${length} numbers; expected n images of [3, 32, 32], 3072 numbers each`,
      );
    },
  );
});

test("a file without its last layer has features alone", async () => {
  const path = fileOf("features", (name) => !name.startsWith("fc."));
  const net = await openWeights(path, { input });
  expect(await net.features(noise(PIXELS))).toHaveLength(1024);
  await expect(net.logits(noise(PIXELS))).rejects.toThrow(/it has no last layer; features\(x\)/);
  await net.close();
});

test("a file of no known architecture is refused with the nearest one", async () => {
  const path = fileOf("cut", (name) => name !== "conv1.0.weight");
  await expect(openWeights(path, { input })).rejects.toThrow(
    /cut.safetensors.*the nearest is shufflenetv2-0.5 of torchvision: "conv1.0.weight" is missing$/,
  );
});

test("images that the net does not take are refused", async () => {
  await expect(openWeights(fileOf("small"), { input: [3, 16, 16] })).rejects.toThrow(
    /images of 16x16 are too small/,
  );
});

test("whole numbers where weights belong are refused", async () => {
  const path = join(folder, "whole-numbers.safetensors");
  const tensors = shapesOf(map, 5).map(
    ([name, shape]) => [name, hostTensor("i32", shape)] as const,
  );
  writeFileSync(path, writeSafetensors(tensors));
  await expect(openWeights(path, { input })).rejects.toThrow(/the file has it as i32/);
});
