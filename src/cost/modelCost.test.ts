import { describe, expect, test } from "vitest";
import { alexnet } from "../../test/support/alexnet.js";
import { lowRank, removeChannels } from "../compress/index.js";
import { createModel, familyOf, listModels, summarise } from "../models/index.js";
import { conv2d, sequential } from "../nn/index.js";
import { costOf, dataflows, eyeriss } from "./index.js";

const published = (name: string) => createModel(name, familyOf(name).published);
const width = (bits: number) => ({ weights: bits, activations: bits });

describe("counts are the published ones", () => {
  test.each([
    ["resnet18", published("resnet18"), 1_814_073_344, 11_689_512],
    ["resnet50", published("resnet50"), 4_089_184_256, 25_557_032],
    ["mobilenetv2", published("mobilenetv2"), 300_774_272, 3_504_872],
    ["alexnet", alexnet, 724_406_816, 60_965_224],
  ])("%s", (_, model, macs, params) => {
    expect(costOf(model).totals).toMatchObject({ macs, params });
  });

  test("bit operations and sizes of ResNet-18 are those of HAWQ-V3", () => {
    const totals = [32, 8].map(
      (bits) => costOf(published("resnet18"), { bits: width(bits) }).totals,
    );
    const giga = totals.map(({ bitOperations }) => (bitOperations / 1e9).toFixed(1));
    expect(giga).toEqual(["1857.6", "116.1"]);
    expect(totals.map(({ sizeBytes }) => (sizeBytes / 2 ** 20).toFixed(1))).toEqual([
      "44.6",
      "11.1",
    ]);
  });

  test("DRAM accesses of AlexNet's convolutions come near the 0.0029 measured on Eyeriss with compression", () => {
    const { rows } = costOf(alexnet, { batch: 4, bits: width(16) });
    const conv = rows.filter(({ layer }) => layer.startsWith("conv"));
    const sum = (of: (row: (typeof rows)[number]) => number) =>
      conv.reduce((total, row) => total + of(row), 0);
    const words = sum(({ array }) => array!.dramBytes / 2);
    const accesses = words / sum(({ macs }) => macs);
    expect(accesses).toBeGreaterThan(0.0029);
    expect(accesses).toBeLessThan(1.9 * 0.0029);
  });
});

test("of a layer: multiply-adds, parameters, bytes, intensity and time by hand", () => {
  const model = {
    ...{ name: "two", source: "", input: [3, 8, 8] as const, outputs: 4 },
    layer: sequential({ conv: conv2d(4, 3, { strides: 2 }), more: conv2d(2, 3, { bias: false }) }),
  };
  const machine = { name: "slow", macsPerSecond: 972, bytesPerSecond: 3 };
  const cost = costOf(model, { batch: 2, bits: { weights: 4, activations: 8 }, machine });
  const [row] = cost.rows;
  expect(row).toEqual({
    ...{ layer: "conv", output: [4, 3, 3], macs: 2 * 4 * 9 * 27, params: 112 },
    bytes: { weights: 56, inputs: 2 * 3 * 64, outputs: 2 * 4 * 9 },
    intensity: (2 * 1944) / 512,
    ...{ seconds: 512 / 3, bound: "memory" },
  });
  expect(cost.flows).toBeUndefined();
  expect(cost.totals).toMatchObject({ params: 184, sizeBytes: 92, activationBytes: 456 });
  const fast = { ...machine, bytesPerSecond: 1e9 };
  expect(costOf(model, { batch: 2, machine: fast }).rows[0]).toMatchObject({
    ...{ seconds: 2, bound: "compute" },
  });
});

test("where weights are known, those that are not 0 are counted for each layer", () => {
  const model = {
    ...{ name: "two", source: "", input: [2, 1, 1] as const, outputs: 2 },
    layer: sequential({ a: conv2d(3, 1), b: conv2d(2, 1, { bias: false }) }),
  };
  const w = Float32Array.of(1, 0, 0, 0, 0, 0, 7, 7, 7, 0, 0, 0, 2, 0, 3);
  const { rows, totals } = costOf(model, { w });
  expect(rows.map(({ nonZeros }) => nonZeros)).toEqual([4, 2]);
  expect(totals).toMatchObject({ params: 15, nonZeros: 6 });
  expect(() => costOf(model, { w: w.subarray(1) })).toThrow("the net has 15 parameters, found 14");
});

describe.each(listModels())("%s", (name) => {
  test("multiply-adds are half the operations of its layers' products, parameters those of the summary", () => {
    const model = published(name);
    const summary = summarise(model);
    const machine = { name: "roofline", macsPerSecond: 1e9, bytesPerSecond: 1e9 };
    const { rows, totals } = costOf(model, { machine });
    expect(totals.params).toBe(summary.params);
    expect(2 * totals.macs).toBeLessThanOrEqual(summary.flops);
    expect(2 * totals.macs).toBeGreaterThan(0.5 * summary.flops);
    const known = new Map(summary.rows.map((row) => [row.layer, row]));
    for (const { layer, params, output } of rows) {
      expect(known.get(layer)).toMatchObject({ params, output });
    }
  });
});

test("in AlexNet's convolutions no dataflow takes less than the rows of Eyeriss", () => {
  for (const batch of [1, 4, 16]) {
    const [rows, ...others] = dataflows.map(
      ({ name }) => costOf(alexnet, { batch, bits: width(16), dataflow: name }).rows,
    );
    for (const [at, { layer, array }] of rows.entries()) {
      if (!layer.startsWith("conv")) continue;
      const totals = others.map((other) => other[at].array!.energy.total);
      expect(array!.energy.total, layer).toBeLessThan(Math.min(...totals));
    }
  }
});

describe("what cannot be", () => {
  const model = {
    ...{ name: "one", source: "", input: [1, 12, 12] as const, outputs: 2 },
    layer: sequential({ wide: conv2d(2, 11) }),
  };
  const small = (change: Partial<NonNullable<typeof eyeriss.array>>) => ({
    ...eyeriss,
    array: { ...eyeriss.array!, ...change },
  });

  test.each([
    [{ bits: width(33) }, "bits of weights: found 33; expected a whole number from 1 to 32"],
    [{ bits: { weights: 8, activations: 0.5 } }, "bits of activations: found 0.5; expected"],
    [
      { dataflow: "row-stationery" },
      'unknown dataflow "row-stationery" (did you mean "row-stationary"?)',
    ],
    [
      { machine: small({ registerBytes: 64 }) },
      "layer wide: row-stationary needs 92 bytes of registers in each processing element, found registerBytes 64",
    ],
    [
      { machine: small({ bufferBytes: 900 }) },
      "layer wide: its smallest tile takes 972 bytes, found a buffer of 900 (row-stationary)",
    ],
  ])("%j", (options, message) => {
    expect(() => costOf(model, options)).toThrow(message);
  });

  test("a dataflow that a machine cannot do is told beside the others", () => {
    const machine = small({ registerBytes: 64 });
    const { flows } = costOf(model, { machine, dataflow: "weight-stationary" });
    const reasons = flows!.flatMap((flow) => ("reason" in flow ? [flow.reason] : []));
    expect(reasons).toEqual([expect.stringContaining("row-stationary needs 92 bytes")]);
  });
});

test("a net that passes have changed is told by its own layers, which make up the whole", () => {
  const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
  const passes = [lowRank({ "conv2.weight": 4 }), removeChannels({ "fc1.weight": [0, 1] })];
  const { rows, totals } = costOf({ ...model, passes });
  expect(rows.map(({ layer, params, macs }) => [layer, params, macs])).toEqual([
    ["conv1", 156, 25 * 6 * 784],
    ["conv2.basis", 6 * 25 * 4, 6 * 25 * 4 * 100],
    ["conv2.mix", 4 * 16 + 16, 4 * 16 * 100],
    ["fc1", 400 * 118 + 118, 400 * 118],
    ["fc2", 118 * 84 + 84, 118 * 84],
    ["fc3", 850, 840],
  ]);
  expect(totals.params).toBe(rows.reduce((sum, { params }) => sum + params, 0));
});
