// Random geometry on every engine against the reference engine, forwards and backwards. Numbers are
// positive, so that no sum cancels and the bound on the relative error is a fair one.

import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import * as g from "../../src/graph/index.js";
import { slide } from "../../src/graph/window.js";
import type { Shape } from "../../src/tensor/shape.js";
import type { Case, Operand } from "./case.js";
import { ask, expectAnswer } from "./compare.js";
import { tested } from "./engines.js";

const from1 = (max: number) => fc.integer({ min: 1, max });
const pairOf = (size: fc.Arbitrary<number>) => fc.tuple(size, size);

const operand = (shape: Shape): Operand => ({ shape, range: [0.25, 1] });

/** An image just large enough for a window, and up to five pixels more along each axis. */
function imageFor(
  kernel: readonly number[],
  dilation: readonly number[],
  padding: readonly number[],
  more: readonly number[],
): number[] {
  return [0, 1].map((axis) => {
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.max(1, extent - padding[axis] - padding[axis + 2]) + more[axis];
  });
}

const paddings = (most: number) => {
  const side = fc.integer({ min: 0, max: most });
  return fc.tuple(side, side, side, side);
};

const convolution: fc.Arbitrary<Case> = fc
  .record({
    batch: from1(3),
    groups: from1(3),
    perGroup: from1(9),
    outputs: from1(9),
    kernel: pairOf(from1(4)),
    strides: pairOf(from1(3)),
    dilation: pairOf(from1(2)),
    padding: paddings(3),
    more: pairOf(fc.integer({ min: 0, max: 5 })),
    depthwise: fc.boolean(),
    bias: fc.boolean(),
  })
  .map(({ batch, groups, perGroup, outputs, kernel, more, depthwise, bias, ...window }) => {
    const count = depthwise ? groups * perGroup : groups;
    const image = imageFor(kernel, window.dilation, window.padding, more);
    const w = [outputs * count, depthwise ? 1 : perGroup, ...kernel];
    const shapes = [[batch, groups * perGroup, ...image], w, ...(bias ? [[w[0]]] : [])];
    return {
      op: "conv2d",
      name: JSON.stringify({ shapes, ...window, groups: count }),
      operands: shapes.map(operand),
      build: ([x, weights, b]) => g.conv2d(x, weights, { ...window, groups: count, bias: b }),
    };
  });

const pooling: fc.Arbitrary<Case> = fc
  .record({
    batch: from1(2),
    channels: from1(18),
    kernel: pairOf(from1(4)),
    strides: pairOf(from1(3)),
    padding: paddings(3),
    more: pairOf(fc.integer({ min: 0, max: 5 })),
    kind: fc.constantFrom("max", "average", "average without padding"),
  })
  .map(({ batch, channels, kernel, strides, padding: [t, l, b, r], more, kind }) => {
    const most = kernel.map((size) => size - 1);
    const padding = [
      Math.min(t, most[0]),
      Math.min(l, most[1]),
      Math.min(b, most[0]),
      Math.min(r, most[1]),
    ] as const;
    const image = imageFor(kernel, [1, 1], padding, more);
    slide("pool", image, { kernel, strides, padding, dilation: [1, 1] });
    const options = { kernel, strides, padding };
    return {
      op: kind === "max" ? "maxPool2d" : "avgPool2d",
      name: JSON.stringify({ kind, channels, image, ...options }),
      operands: [operand([batch, channels, ...image])],
      build: ([x]) =>
        kind === "max"
          ? g.maxPool2d(x, options)
          : g.avgPool2d(x, { ...options, countPadding: kind === "average" }),
    };
  });

const product: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.option(from1(3)),
    m: from1(40),
    k: from1(40),
    n: from1(40),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    bias: fc.boolean(),
  })
  .map(({ batch, m, k, n, transposeA, transposeB, bias }) => {
    const stack = batch === null ? [] : [batch];
    const a = [...stack, ...(transposeA ? [k, m] : [m, k])];
    const b = [...stack, ...(transposeB ? [n, k] : [k, n])];
    const shapes = bias ? [a, b, [n]] : [a, b];
    return {
      op: "matmul",
      name: JSON.stringify({ shapes, transposeA, transposeB }),
      operands: shapes.map(operand),
      build: ([x, y, z]) => g.matmul(x, y, { transposeA, transposeB, bias: z }),
    };
  });

/** A shape, and two that broadcast to it: some axes 1, some leading axes left out. */
const broadcastable = fc
  .array(fc.tuple(from1(18), fc.nat(3)), { minLength: 1, maxLength: 4 })
  .chain((axes) => fc.tuple(fc.constant(axes), fc.nat(axes.length), fc.constantFrom<0 | 1>(0, 1)))
  .map(([axes, drop, which]) => {
    const a = axes.map(([size, one]) => (one === 0 ? 1 : size));
    const b = axes.map(([size, one]) => (one === 1 ? 1 : size));
    return which === 0 ? [a.slice(drop), b] : [a, b.slice(drop)];
  });

const binary = { add: g.add, mul: g.mul, div: g.div, max: g.max, pow: g.pow };

const broadcast: fc.Arbitrary<Case> = fc
  .tuple(broadcastable, fc.constantFrom(...Object.entries(binary)))
  .map(([shapes, [op, combine]]) => ({
    op,
    name: JSON.stringify(shapes),
    operands: shapes.map(operand),
    build: ([a, b]) => g.sigmoid(combine(a, b)),
  }));

const reduction: fc.Arbitrary<Case> = fc
  .tuple(
    fc.array(fc.tuple(from1(18), fc.boolean()), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("reduceSum", "reduceMax"),
    fc.boolean(),
  )
  .map(([axes, op, keep]) => {
    const shape = axes.map(([size]) => size);
    const over = axes.flatMap(([, reduced], axis) => (reduced ? [axis] : []));
    return {
      op,
      name: JSON.stringify({ shape, over, keep }),
      operands: [operand(shape)],
      build: ([x]) => (op === "reduceSum" ? g.reduceSum : g.reduceMax)(x, over, keep),
    };
  });

/** A new family of geometries joins by a line here. */
const families = { convolution, pooling, product, broadcast, reduction };

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(`${title} on random geometry`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(Object.entries(families))("%s", async (_, family) => {
      await fc.assert(
        fc.asyncProperty(family, fc.nat(1000), fc.boolean(), (example, seed, optimise) =>
          expectAnswer(engine, ask(example, seed), optimise),
        ),
        { numRuns: 60 },
      );
    });
  });
}
