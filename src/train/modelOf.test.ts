import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { calibrate, integers } from "../compress/index.js";
import type { PassRecord } from "../compress/passes/index.js";
import { createEngine } from "../engine/index.js";
import { createModel } from "../models/index.js";
import { type CompactNet, compact, initialise, netOf } from "../nn/index.js";
import { openWeights } from "../runs/index.js";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.js";
import { modelOf } from "./modelOf.js";
import { encodeWeights, type NetInfo, readWeights, vectorOf } from "./weights.js";

type IntegersRecord = Extract<PassRecord, { readonly pass: "integers" }>;
const recordOf = ({ passes }: NetInfo) => passes![0] as IntegersRecord;

const input = [1, 28, 28] as const;
const float: NetInfo = {
  ...{ model: "lenet5", task: "classify", names: [..."0123456789"], constants: {} },
  ...{ input, mean: [33], std: [78], fit: "crop" },
};
const folder = mkdtempSync(join(tmpdir(), "convoy-passes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "int8.safetensors");
const images = noise(2 * 784, 5);
let whole: CompactNet;
let info: NetInfo;

/** LeNet-5 in whole numbers but for its second layer. */
beforeAll(async () => {
  const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
  const net = netOf(model, 2, { training: false });
  const small = compact(net, initialise(net, 1));
  const engine = await createEngine();
  const ranges = await calibrate(engine, small, [images]);
  await engine.close();
  const keep = ["conv2"];
  whole = integers(small, ranges, { keep });
  const kept = [...ranges].map(([name, { low, high }]) => [name, [low, high]]);
  const record = {
    pass: "integers",
    of: "runs/a",
    ranges: Object.fromEntries(kept),
    keep,
  } as const;
  info = { ...float, passes: [record] };
  writeFileSync(path, encodeWeights(whole.net.layout, whole.w, info));
});

test("a net with passes comes back with its passes, its numbers in as many bits as they need", async () => {
  const weights = await readWeights(path);
  expect(weights.info).toEqual(info);
  const { layout } = netOf(modelOf(weights.info, path), 3, { training: false });
  expect(layout).toEqual(whole.net.layout);
  expect(vectorOf(layout, weights.tensors, path)).toEqual(whole.w);
  const { tensors } = readSafetensors(encodeWeights(whole.net.layout, whole.w, info));
  const types = ["weight", "scale", "bias"].map((name) => tensors.get(`conv1.${name}`)?.dtype);
  expect(types).toEqual(["i8", "f32", "i32"]);
  expect(tensors.get("conv2.weight")?.dtype).toBe("f32");
});

test("it opens as any other, its features too", async () => {
  const net = await openWeights(path);
  const logits = await net.logits(images);
  const features = await net.features(images);
  await net.close();
  expect(net.featureShape).toEqual([84]);
  expect(features).toHaveLength(2 * 84);
  // What the last layer makes of the features is what the net gives, but for the bytes between.
  const { layout } = whole.net;
  const numbers = (name: string) => {
    const { offset, shape } = layout.params.find((param) => param.name === name)!;
    return whole.w.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
  };
  const [weight, scale] = [numbers("fc3.weight"), numbers("fc3.scale")];
  const bias = numbers("fc3.bias");
  const span = Math.max(...logits) - Math.min(...logits);
  const unit = recordOf(info).ranges["fc2"][1] / 255;
  for (let o = 0; o < 10; o++) {
    let sum = bias[o] * unit;
    for (let at = 0; at < 84; at++) sum += weight[o * 84 + at] * features[at];
    expect(Math.abs(sum * scale[o] - logits[o])).toBeLessThan(0.05 * span);
  }
});

describe("refused, with the file's name:", () => {
  const changed = (passes: unknown) => {
    const other = join(temporaryFolder(), "other.safetensors");
    const given = { ...info, passes } as NetInfo;
    writeFileSync(other, encodeWeights(whole.net.layout, whole.w, given));
    return other;
  };

  test("numbers that lie beyond their table", async () => {
    const centroids = { "conv1.weight": 4 };
    const shared: NetInfo = { ...float, passes: [{ pass: "share", centroids }] };
    const { layout, specs } = netOf(modelOf(shared, "shared"), 1, { training: false });
    const w = initialise({ layout, specs }, 1);
    const { offset } = layout.params.find(({ name }) => name === "conv1.weight")!;
    w.fill(0, offset, offset + 150);
    const file = join(temporaryFolder(), "shared.safetensors");
    const write = () => writeFileSync(file, encodeWeights(layout, w, shared));
    write();
    await expect(readWeights(file)).resolves.toMatchObject({ info: shared });
    w[offset + 3] = 5;
    write();
    await expect(readWeights(file)).rejects.toThrow(
      `${file}: pass share: "conv1.weight" has number 5 of a table of 4; expected 0 to 4`,
    );
  });

  test("a pass that there is not", async () => {
    const other = changed([{ pass: "magic" }]);
    await expect(readWeights(other)).rejects.toThrow(
      `${other}: passes.0.pass is "magic": expected one of the passes channels,`,
    );
  });

  test("settings of a pass that are missing, wrong or unknown", async () => {
    const record = recordOf(info);
    await expect(readWeights(changed([{ ...record, keep: "conv2" }]))).rejects.toThrow(
      'passes.0.keep is "conv2": expected a list',
    );
    await expect(readWeights(changed([{ ...record, bits: 4 }]))).rejects.toThrow(
      'unknown field "bits" in passes.0',
    );
    const ranges = { ...record.ranges, x: [1, -1] };
    await expect(readWeights(changed([{ ...record, ranges }]))).rejects.toThrow(
      "passes.0.ranges.x is [1,-1]: expected the least number first",
    );
    await expect(readWeights(changed("integers"))).rejects.toThrow('passes is "integers"');
  });

  test("ranges of another net", async () => {
    const record = recordOf(info);
    const { x: _, ...ranges } = record.ranges;
    const other = changed([{ ...record, ranges }]);
    await expect(openWeights(other)).rejects.toThrow(
      `${other}: pass integers: ranges: there is none of what conv1 takes; they belong to another net`,
    );
  });

  test("a net without its passes, and an ensemble with some", async () => {
    const bare = join(temporaryFolder(), "bare.safetensors");
    writeFileSync(bare, encodeWeights(whole.net.layout, whole.w, float));
    await expect(openWeights(bare)).rejects.toThrow('the model has "conv1.weight"');
    expect(() => modelOf({ ...info, members: 4 }, "runs/b")).toThrow(
      "runs/b holds an ensemble of 4 nets with passes; expected one net, or no passes",
    );
  });

  test("a file whose whole numbers are others", async () => {
    const { tensors, metadata } = readSafetensors(encodeWeights(whole.net.layout, whole.w, info));
    const float = new Map(tensors);
    const { shape, data } = tensors.get("conv1.weight")!;
    float.set("conv1.weight", { dtype: "f32", shape, data: Float32Array.from(data) });
    const other = join(temporaryFolder(), "float.safetensors");
    const { crc32: _, ...rest } = metadata;
    writeFileSync(other, writeSafetensors(float, rest));
    await expect(openWeights(other)).rejects.toThrow("the file has it as f32");
  });
});
