import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { layoutOf } from "../graph/index.js";
import { hostTensor } from "../tensor/host.js";
import { writeSafetensors } from "../tensor/safetensors.js";
import { encodeWeights, readWeights, vectorOf } from "./weights.js";

const layout = layoutOf([
  { name: "norm.mean", shape: [2], kind: "statistic" },
  { name: "fc.weight", shape: [2, 3], kind: "weight" },
]);
const values = Float32Array.from({ length: 8 }, (_, at) => at / 3);
const info = {
  model: "tiny",
  task: "classify",
  names: ["cat", "dog, small"],
  constants: { threshold: [0.5, -1.25] },
  input: [1, 6, 6] as const,
  mean: [33.3],
  fit: "pad" as const,
  std: [78.5],
};

function saved(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), "a.safetensors");
  writeFileSync(path, bytes);
  return path;
}

test("weights and what they belong to come back as they were", async () => {
  const path = saved(encodeWeights(layout, values, info));
  const weights = await readWeights(path);
  expect(weights.info).toEqual(info);
  expect(vectorOf(layout, weights.tensors, path)).toEqual(values);
});

test("the folder of a run stands for its best weights; another folder is named with what to do", async () => {
  const run = temporaryFolder();
  await expect(readWeights(run)).rejects.toThrow(
    `${run} is a folder without weights/best.safetensors; name a weights file, or the folder of a run`,
  );
  mkdirSync(join(run, "weights"));
  const write = (name: string, content: Float32Array) =>
    writeFileSync(join(run, "weights", name), encodeWeights(layout, content, info));
  write("best.safetensors", values);
  write(
    "last.safetensors",
    values.map((value) => -value),
  );
  const { tensors } = await readWeights(run);
  expect(vectorOf(layout, tensors, run)).toEqual(values);
});

test.each([
  ["of today", [0x50, 0x4b, 3, 4, 20, 0]],
  ["of old", [0x80, 2, 0x8a, 10, 0x6c]],
])("a file of PyTorch %s is refused with how to convert it", async (_, bytes) => {
  const path = join(temporaryFolder(), "net.pth");
  writeFileSync(path, Uint8Array.from(bytes));
  await expect(readWeights(path)).rejects.toThrow(
    /net.pth is a file of PyTorch.*save_file\(torch.load/,
  );
});

describe("weights of another net are refused with the first difference", () => {
  const tensors = (...entries: [string, number[]][]) =>
    new Map(entries.map(([name, shape]) => [name, hostTensor("f32", shape)] as const));

  test.each([
    [tensors(["fc.weight", [2, 3]]), /"norm.mean" of \[2\], the file has no such tensor/],
    [
      tensors(["fc.weight", [3, 2]], ["norm.mean", [2]]),
      /"fc.weight" of \[2, 3\], the file has it as f32 \[3, 2\]/,
    ],
    [
      tensors(["fc.weight", [2, 3]], ["norm.mean", [2]], ["fc.bias", [2]]),
      /the file has a tensor "fc.bias", the model has none/,
    ],
  ])("%#", (found, message) => {
    expect(() => vectorOf(layout, found, "a.safetensors")).toThrow(message);
  });
});

describe("a file that Convoy did not write is refused with what is missing", () => {
  const texts = {
    model: "tiny",
    task: "classify",
    names: '["a"]',
    constants: "{}",
    input: "[1,6,6]",
    mean: "[0]",
    std: "[1]",
  };

  test.each([
    [{ model: "" }, 'metadata "model" is missing'],
    [{ names: "a, b" }, 'metadata "names" is a, b'],
    [{ constants: "[1]" }, 'metadata "constants" is [1]'],
    [{ constants: '{"mean":["1"]}' }, 'metadata "constants" is {"mean":["1"]}'],
    [{ input: "[1,6]" }, 'metadata "input" is [1,6]'],
    [{ mean: "[0,0,0]" }, 'metadata "mean" is [0,0,0]'],
    [{ std: '["1"]' }, 'metadata "std" is ["1"]'],
  ])("%j", async (change, message) => {
    const path = saved(writeSafetensors([], { ...texts, ...change }));
    await expect(readWeights(path)).rejects.toThrow(`${path}, byte 8: ${message}`);
  });
});
