import { describe, expect, test } from "vitest";
import { runGraph, runLayer } from "../../test/support/layers.js";
import { referenceEngine } from "../engine/reference/index.js";
import { gradients, reduceSum } from "../graph/index.js";
import { build, initialise } from "../nn/index.js";
import { CODE_LENGTH, digitCodes } from "./blocks/digit-codes.js";
import { rbf, rubbishCrossEntropy } from "./blocks/rbf.js";
import { createModel } from "./index.js";

const input = { channels: 1, height: 28, width: 28, outputs: 10 };
const model = createModel("lenet5-1998", input);
const net = build(model.layer, [1, 1, 28, 28], { training: true });

describe("the table of the paper", () => {
  test.each([
    ["c1", 156],
    ["s2", 12],
    ["c3", 1516],
    ["s4", 32],
    ["c5", 48_120],
    ["f6", 10_164],
    ["output", 0],
  ])("%s has %d trainable parameters", (layer, count) => {
    const own = net.layout.params.filter(
      ({ name, kind }) => name.startsWith(`${layer}.`) && kind !== "statistic",
    );
    const size = own.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(size).toBe(count);
  });

  test.each([
    ["frame", [1, 32, 32]],
    ["c1", [6, 28, 28]],
    ["s2", [6, 14, 14]],
    ["c3", [16, 10, 10]],
    ["s4", [16, 5, 5]],
    ["c5", [120, 1, 1]],
    ["f6", [84]],
    ["output", [10]],
  ])("%s gives %j", (layer, shape) => {
    const part = net.blocks.find(({ path }) => path === layer)!;
    expect(part.output.shape.slice(1)).toEqual(shape);
  });

  test("60 kernels connect S2 and C3", () => {
    const kernels = net.layout.params.filter(({ name }) => name.startsWith("c3.map"));
    expect(kernels.map(({ shape }) => shape[1])).toEqual([
      3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6,
    ]);
  });
});

test("a map of C3 sees the maps of Table I and no other", async () => {
  const own = build(model.layer, [1, 1, 28, 28], { training: false });
  const { output } = own.blocks.find(({ path }) => path === "c3")!;
  own.graph.output("kernels", output.node.inputs[1]);
  const engine = referenceEngine();
  const w = engine.vector(own.layout.length);
  await w.write(initialise(own, 1));
  const program = await engine.compile(own.graph);
  const { kernels: seen } = await program.run({ vectors: { w } });
  const table = Array.from({ length: 16 }, (_, map) =>
    [0, 1, 2, 3, 4, 5]
      .filter((below) => {
        const start = (map * 6 + below) * 25;
        return seen.slice(start, start + 25).some((weight) => weight !== 0);
      })
      .join(""),
  );
  expect(table.join(" ")).toBe(
    "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345",
  );
});

test("the frame is background, and the defaults bring bytes to the paper's scale", async () => {
  const { mean, std } = model.defaults!;
  const scaled = (byte: number) => (byte - mean![0]) / std![0];
  expect(scaled(0)).toBeCloseTo(-0.1, 12);
  expect(scaled(255)).toBeCloseTo(1.175, 12);
  const background = new Array<number>(28 * 28).fill(-0.1);
  const small = await runLayer(model.layer, [1, 1, 28, 28], background);
  const large = await runLayer(model.layer, [1, 1, 32, 32], new Array(32 * 32).fill(-0.1));
  for (const [at, value] of small.y.entries()) expect(value).toBeCloseTo(large.y[at], 3);
});

test.each([
  { ...input, channels: 3 },
  { ...input, outputs: 26 },
  { ...input, height: 30, width: 30 },
  { ...input, width: 32 },
])("another input is refused: %j", (other) => {
  expect(() => createModel("lenet5-1998", other)).toThrow("take lenet5 for others");
});

describe("the codes of the digits", () => {
  test("are ten different drawings of 7 x 12 in +1 and -1", () => {
    expect(digitCodes).toHaveLength(10);
    for (const code of digitCodes) {
      expect(code).toHaveLength(CODE_LENGTH);
      expect(code.every((pixel) => pixel === 1 || pixel === -1)).toBe(true);
    }
    expect(new Set(digitCodes.map(String)).size).toBe(10);
  });

  test("are alike where the digits are", () => {
    const differing = (a: number, b: number) =>
      digitCodes[a].filter((pixel, at) => pixel !== digitCodes[b][at]).length;
    expect(differing(3, 8)).toBeLessThan(differing(1, 8));
    expect(differing(5, 6)).toBeLessThan(differing(4, 6));
  });

  test("a code has penalty 0 for its own digit", async () => {
    const { y, params } = await runLayer(rbf(digitCodes), [1, CODE_LENGTH], digitCodes[7]);
    expect(y[7]).toBeCloseTo(0, 12);
    expect(Math.max(...y.filter((_, at) => at !== 7))).toBeLessThan(-4);
    expect(params.codes).toEqual(digitCodes.flat());
  });
});

test("the loss is y_c + log(e^-j + sum e^-y), its gradient [i = c] - e^-y_i / (...)", async () => {
  const penalties = [0.5, 2, 3.5];
  const level = 1.5;
  const shape = [1, 3];
  const { losses, grad } = await runGraph(
    {
      logits: { shape, values: penalties.map((penalty) => -penalty) },
      targets: { shape, values: [0, 1, 0] },
    },
    ({ logits, targets }) => {
      const rows = rubbishCrossEntropy(level)(logits, targets);
      return { losses: rows, grad: gradients(reduceSum(rows), [logits])[0] };
    },
  );
  const total = [level, ...penalties].reduce((sum, penalty) => sum + Math.exp(-penalty), 0);
  expect(losses[0]).toBeCloseTo(2 + Math.log(total), 5);
  penalties.forEach((penalty, at) => {
    const wanted = (at === 1 ? 1 : 0) - Math.exp(-penalty) / total;
    expect(-grad[at]).toBeCloseTo(wanted, 5);
  });
});
