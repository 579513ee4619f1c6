import { describe, expect, test } from "vitest";
import { createModel, listModels } from "./index.js";
import { summarise } from "./summary.js";

const grey = { channels: 1, height: 28, width: 28, outputs: 10 };
const colour = { channels: 3, height: 32, width: 32, outputs: 10 };

test("LeNet-5 layer by layer", () => {
  const { rows, params, statistics } = summarise(createModel("lenet5", grey));
  const find = (layer: string) => rows.find((row) => row.layer === layer);
  expect(find("conv1")).toEqual({
    layer: "conv1",
    output: [6, 28, 28],
    params: 156,
    flops: 2 * 6 * 28 * 28 * 25,
  });
  expect(find("fc3")).toEqual({ layer: "fc3", output: [10], params: 850, flops: 2 * 84 * 10 });
  expect(find("flatten")).toBeUndefined();
  expect([params, statistics]).toEqual([61_706, 0]);
});

test("blocks of blocks have paths, and a block's own row holds its sum", () => {
  const { rows, statistics } = summarise(createModel("resnet20", colour));
  const layers = rows.map(({ layer }) => layer);
  expect(layers).toContain("stage2.0.conv1");
  expect(layers.indexOf("stage2.0.bn2")).toBeLessThan(layers.indexOf("stage2.0"));
  const sum = rows.find(({ layer }) => layer === "stage1.0")!;
  expect(sum).toEqual({
    layer: "stage1.0",
    output: [16, 32, 32],
    params: 0,
    flops: 2 * 16 * 32 * 32,
  });
  expect(statistics).toBe(2 * (7 * 16 + 6 * 32 + 6 * 64));
});

test("ResNet-18 does the published 1.8 billion multiply-adds at 224x224", () => {
  const model = createModel("resnet18", { channels: 3, height: 224, width: 224, outputs: 1000 });
  expect(summarise(model).flops / 2e9).toBeCloseTo(1.8, 1);
});

describe.each(listModels())("%s", (name) => {
  test("the rows add up to the totals", () => {
    const model = createModel(name, name === "lenet5-1998" ? grey : colour);
    const { rows, params, flops } = summarise(model);
    expect(rows.reduce((sum, row) => sum + row.params, 0)).toBe(params);
    expect(rows.reduce((sum, row) => sum + row.flops, 0)).toBe(flops);
  });
});
