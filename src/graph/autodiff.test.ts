import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/index.js";
import {
  add,
  apply,
  cast,
  constant,
  exp,
  Graph,
  gradients,
  input,
  mul,
  ops,
  reduceSum,
  round,
  stopGradient,
  sub,
  type Value,
} from "./index.js";

/** The gradient of what `build` makes of x, as numbers. */
function gradientAt(x: number[], build: (x: Value) => Value): number[] {
  const graph = new Graph();
  const value = input(graph, "x", [x.length]);
  graph.output("d", gradients(reduceSum(build(value)), [value])[0]);
  return [...interpret(graph, { inputs: { x } }).d];
}

describe("gradients", () => {
  it("sums over every way from the loss to a value", () => {
    expect(gradientAt([1, 2, 3], (x) => add(mul(x, x), add(x, x)))).toEqual([4, 6, 8]);
  });

  it("can be differentiated again", () => {
    const graph = new Graph();
    const x = input(graph, "x", [2]);
    const [first] = gradients(reduceSum(mul(mul(x, x), x)), [x]);
    graph.output("second", gradients(reduceSum(first), [x])[0]);
    expect([...interpret(graph, { inputs: { x: [1, 2] } }).second]).toEqual([6, 12]);
  });

  it("goes no further than the value asked for", () => {
    const graph = new Graph();
    const x = input(graph, "x", [2]);
    const middle = exp(x);
    const before = graph.nodes.length;
    graph.output("d", gradients(reduceSum(mul(middle, middle)), [middle])[0]);
    expect([...interpret(graph, { inputs: { x: [0, 0] } }).d]).toEqual([2, 2]);
    const added = graph.nodes.slice(before);
    expect(added.flatMap(({ inputs }) => inputs)).not.toContain(x);
  });

  it("is zero where the loss does not depend on a value", () => {
    const graph = new Graph();
    const [x, y] = [input(graph, "x", [2]), input(graph, "y", [3])];
    const [dy] = gradients(reduceSum(x), [y]);
    expect(dy.shape).toEqual([3]);
    graph.output("dy", dy);
    expect([...interpret(graph, {}).dy]).toEqual([0, 0, 0]);
  });

  it("stops at stopGradient and passes round unchanged", () => {
    expect(gradientAt([1, 2], (x) => mul(x, stopGradient(x)))).toEqual([1, 2]);
    expect(gradientAt([1, 2], (x) => stopGradient(x))).toEqual([0, 0]);
    expect(gradientAt([0.4, 1.6], (x) => mul(round(x), x))).toEqual([0.4, 3.6]);
  });

  it("flows through one output of a node with several", () => {
    const graph = new Graph();
    const [x, labels] = [input(graph, "x", [1, 1, 2, 2]), input(graph, "l", [1], "i32")];
    const window = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1] };
    const [largest] = graph.apply(ops.maxPool2d, [x], window);
    const loss = reduceSum(sub(largest, cast(labels)));
    graph.output("d", gradients(loss, [x])[0]);
    const { d } = interpret(graph, { inputs: { x: [1, 4, 3, 2], l: [1] } });
    expect([...d]).toEqual([0, 1, 0, 0]);
  });

  it("refuses a loss of several numbers", () => {
    const graph = new Graph();
    const x = input(graph, "x", [2]);
    expect(() => gradients(x, [x])).toThrow(
      new RangeError("gradients: input#0:f32[2] is not a single number"),
    );
  });
});

describe("Graph", () => {
  it("keeps graphs apart and names unique", () => {
    const [one, other] = [new Graph(), new Graph()];
    const x = input(one, "x", [1]);
    expect(() => apply(ops.add, [x, constant(other, 1)], {})).toThrow("another graph");
    one.output("y", x);
    expect(() => one.output("y", x)).toThrow('already has an output "y"');
  });
});
