import { expect, test } from "vitest";
import { gradients, input, reduceSum } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { netOf, softmaxCrossEntropy } from "../../nn/index.js";
import { drawSettings } from "../../search/cube.js";
import { Random } from "../../tensor/philox.js";
import { createModel, familyOf, summarise } from "../index.js";
import { architectureName, architectureOf, architectureSpaces } from "./index.js";

const published = { channels: 3, height: 32, width: 32, outputs: 10 };
const sizes = (name: string) => {
  const { params, flops } = summarise(createModel(name, published));
  return [params, flops];
};

/** Nets of a space drawn at random. */
const drawn = (space: (typeof architectureSpaces)[number], count: number) =>
  Array.from({ length: count }, (_, step) => {
    const genes = drawSettings(space.genes, new Random({ seed: 1, purpose: "search", step }));
    return { genes, name: architectureName(space, genes) };
  });

test.each(architectureSpaces)(
  "$name: a name tells the genes, and any net of it can learn",
  (space) => {
    for (const { genes, name } of drawn(space, 12)) {
      expect(architectureOf(name)!.genes).toEqual(genes);
      const model = createModel(name, { channels: 1, height: 6, width: 9, outputs: 3 });
      const { graph, output, params, layout } = netOf(model, 2, { training: true });
      expect(output.shape).toEqual([2, 3]);
      const loss = reduceSum(softmaxCrossEntropy(output, input(graph, "t", [2, 3])));
      const trained = layout.params.filter(({ kind }) => kind !== "statistic");
      const slopes = gradients(
        loss,
        trained.map((param) => params.get(param.name)!),
      );
      expect(slopes.map(({ shape }) => shape)).toEqual(trained.map(({ shape }) => shape));
    }
  },
);

test("cells have the parameters that NAS-Bench-201 tells of them", () => {
  // model_size of the table, in millions.
  expect(sizes("nasbench201:conv3-conv3.conv3-conv3.conv3.conv3")[0]).toBe(1_531_546);
  expect(sizes("nasbench201:conv1-conv1.conv1-conv1.conv1.conv1")[0]).toBe(241_306);
  expect(sizes("nasbench201:none-none.none-none.none.none")[0]).toBe(73_306);
  expect(sizes("nasbench201:none-skip.pool-conv1.pool.conv1")[0]).toBe(129_306);
});

test("mobile nets have the sizes worked out by hand", () => {
  const [params] = sizes("mobile:32-conv.3.8.1-dwsep.3.16.1-mb2.5.8.1");
  const stem = 3 * 8 * 9 + 16;
  const conv = 8 * 8 * 9 + 16;
  const separable = 8 * 9 + 16 + 8 * 16 + 32;
  const inverted = 16 * 32 + 64 + 32 * 25 + 64 + 32 * 8 + 16;
  expect(params).toBe(stem + conv + separable + inverted + 8 * 10 + 10);
  // Another resolution changes the work alone.
  const [same] = sizes("mobile:16-conv.3.8.1-dwsep.3.16.1-mb2.5.8.1");
  expect(same).toBe(params);
});

const hostile = [
  ["mobile", "is a space of architectures; expected one of them, as mobile:"],
  ["mobile:", "resolution is ; expected 16 or 24 or 32"],
  ["mobile:32", "stage1.block is missing"],
  ["mobile:32-conv.3.9.1-conv.3.8.1-conv.3.8.1", "stage1.width is 9; expected 8 or 16"],
  ["mobile:32-conv.3.8.1-conv.3.8.1-conv.3.8.1-conv", "expected it to be written mobile:"],
  ["mobile:032-conv.3.8.1-conv.3.8.1-conv.3.8.1", "expected it to be written mobile:32"],
  ["mobile:32-constructor.3.8.1-conv.3.8.1-conv.3.8.1", "stage1.block is constructor"],
  [`mobile:${"9".repeat(10_000)}`, "resolution is"],
  ["cells:conv3", 'unknown model "cells:conv3"'],
] as const;

test.each(hostile)("%.30s is refused", (name, why) => {
  expect(() => familyOf(name)).toThrow(InputError);
  expect(() => familyOf(name)).toThrow(why);
});
