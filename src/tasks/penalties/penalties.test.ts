import { describe, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { interpret } from "../../engine/reference/index.js";
import { Graph, gradients, input, reduceSum as reduceLosses, WEIGHTS } from "../../graph/index.js";
import { batchNorm, conv2d, flatten, linear, relu, sequential } from "../../nn/index.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { ask } from "../ask.js";
import { classification, type Penalised, trainingGraph, values } from "../index.js";
import { parsePenalties, penaltyOf } from "./index.js";
import { lowRank } from "./ole.js";

/** The sum of the singular values of rows. */
function nuclear(rows: readonly (readonly number[])[]): number {
  const products = rows.map((a) =>
    rows.map((b) => a.reduce((sum, value, at) => sum + value * b[at], 0)),
  );
  const { values } = symmetricEigen(Float64Array.from(products.flat()), rows.length);
  return [...values].reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

describe("ole", () => {
  const [n, d] = [6, 4];
  const classes = [0, 1, 0, 2, 1, 0];
  const own = Float32Array.from({ length: 3 * n }, (_, at) =>
    Number(classes[Math.floor(at / 3)] === at % 3),
  );
  const graph = new Graph();
  const features = input(graph, "features", [n, d]);
  const found = lowRank(features, input(graph, "own", [n, 3]));
  graph.output("value", found);
  graph.output("gradient", gradients(found, [features])[0]);
  const run = (rows: Float32Array) => interpret(graph, { inputs: { features: rows, own } });
  const rowsOf = (rows: Float32Array) =>
    Array.from({ length: n }, (_, at) => [...rows.subarray(d * at, d * (at + 1))]);
  const wanted = (rows: Float32Array) => {
    const all = rowsOf(rows);
    const each = [0, 1, 2].map((label) => nuclear(all.filter((_, at) => classes[at] === label)));
    return each.reduce((sum, value) => sum + Math.max(1, value), 0) - nuclear(all);
  };

  test.each([
    ["large", 3],
    // Classes below 1 count as 1.
    ["small", 0.2],
  ])("%s features: the nuclear norms of the classes less that of all", (_, scale) => {
    const rows = noise(n * d, 5).map((value) => scale * value);
    expect(run(rows).value[0]).toBeCloseTo(wanted(rows), 3);
  });

  test("its gradient is how it changes, and nothing for a class below 1", () => {
    const rows = noise(n * d, 5);
    // The class of one image is small.
    for (let at = 3 * d; at < 4 * d; at++) rows[at] *= 0.1;
    const { gradient } = run(rows);
    const step = 1e-3;
    for (let at = 0; at < n * d; at++) {
      const [up, down] = [step, -step].map((by) => {
        const other = Float64Array.from(rows) as unknown as Float32Array;
        other[at] += by;
        return wanted(other);
      });
      expect(gradient[at]).toBeCloseTo((up - down) / (2 * step), 2);
    }
  });

  test("features of which many are 0 or alike are no fault", () => {
    for (const rows of [new Float32Array(n * d), new Float32Array(n * d).fill(2)]) {
      const { value, gradient } = run(rows);
      expect(value[0]).toBeCloseTo(wanted(rows), 3);
      expect([...gradient].every((one) => Number.isFinite(one))).toBe(true);
    }
  });
});

describe("in training", () => {
  const model = {
    ...{ name: "tiny", source: "for tests", outputs: 3 },
    input: [1, 4, 4] as [number, number, number],
    layer: sequential({
      conv: conv2d(2, 3),
      norm: batchNorm(),
      relu: relu(),
      flat: flatten(),
      fc: linear(3),
    }),
  };
  const labels = {
    kind: "class",
    of: Int32Array.of(0, 1, 2, 1),
    classes: ["a", "b", "c"],
  } as const;
  const question = ask(model, classification, labels, {});
  const inputs = {
    x: noise(64, 3),
    targets: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]),
    order: Float32Array.from([0, -1, -1, 1, 0, -1, 1, 1, 0, 1, 0, -1]),
  };
  const start = (layout: Parameters<typeof livelyWeights>[0]) =>
    Float64Array.from(livelyWeights(layout));
  function gradientOf(penalty?: string) {
    const options = penalty === undefined ? {} : { penalise: penaltyOf(penalty, classification) };
    const { graph, layout } = trainingGraph(question, 4, options);
    const vectors = { [WEIGHTS]: start(layout), grad: new Float64Array(layout.trainable) };
    const { loss } = interpret(graph, { vectors, inputs });
    return { loss: loss[0], grad: vectors.grad, w: vectors[WEIGHTS], layout };
  }

  /** Half of the mean of the squared lengths of the loss's gradient by the images. */
  function squares(w: Float64Array): number {
    const { graph } = trainingGraph(question, 4, {
      penalise: (net, { losses }: Penalised) => {
        const images = net.graph.nodes.find(({ attrs }) => attrs["name"] === "x")!.outputs[0];
        const sum = gradients(reduceLosses(losses), [images])[0];
        net.graph.output("slope", sum);
        return reduceLosses(losses);
      },
    });
    const vectors = { [WEIGHTS]: Float64Array.from(w), grad: new Float64Array(w.length) };
    const { slope } = interpret(graph, { vectors, inputs });
    return slope.reduce((sum, value) => sum + value * value, 0) / 4;
  }

  test("grad-l2 adds the gradient of the squared lengths of gradients, and moves nothing else", () => {
    const plain = gradientOf();
    const with1 = gradientOf("grad-l2=1");
    expect(with1.loss).toBe(plain.loss);
    expect([...with1.w]).toEqual([...plain.w]);
    const step = 1e-4;
    let size = 0;
    for (let at = 0; at < plain.layout.trainable; at++) {
      const [up, down] = [step, -step].map((by) => {
        const w = start(plain.layout);
        w[at] += by;
        return squares(w);
      });
      const wanted = (up - down) / (2 * step);
      size = Math.max(size, Math.abs(wanted));
      expect(Math.abs(with1.grad[at] - plain.grad[at] - wanted)).toBeLessThan(0.05);
    }
    expect(size).toBeGreaterThan(0.5);
  });

  test("ole counts with its factor, and changes no weight behind the features", () => {
    const [plain, one, two] = [undefined, "ole=1", "ole=2"].map(gradientOf);
    const { offset } = plain.layout.params.find(({ name }) => name === "fc.weight")!;
    expect([...one.grad.subarray(offset)]).toEqual([...plain.grad.subarray(offset)]);
    const added = (of: typeof one) => of.grad.map((value, at) => value - plain.grad[at]);
    expect(
      added(one)
        .subarray(0, offset)
        .some((value) => Math.abs(value) > 1e-3),
    ).toBe(true);
    for (const [at, value] of added(two).entries())
      expect(value).toBeCloseTo(2 * added(one)[at], 6);
  });
});

test.each([
  ["oel", 'unknown penalty "oel" (did you mean "ole"?)'],
  ["ole=-1", "penalty ole=-1: expected factor, from 0 to 10000"],
  ["ole,ole=2", 'penalty "ole" is given twice'],
])("%s is refused", (text, message) => {
  expect(() => parsePenalties(text)).toThrow(message);
});

test("a task without classes cannot have ole", () => {
  expect(() => penaltyOf("ole", values)).toThrow(
    "setting penalty is ole: ole needs labels of the kind class, which task values has not",
  );
});
