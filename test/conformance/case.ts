// What a conformance case is, and how it becomes a graph with numbers to run on.

import type { Bindings64 } from "../../src/engine/reference/index.js";
import { Graph, gradients, input, mul, reduceSum, type Value } from "../../src/graph/index.js";
import { fromBfloat16, toBfloat16 } from "../../src/tensor/bfloat16.js";
import type { DType } from "../../src/tensor/dtype.js";
import { Random } from "../../src/tensor/philox.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";

/** An operand of a case; numbers are drawn from `range`, by default [-1, 2), so that sums do not cancel to nothing (u8 and i32: [0, 5)). */
export interface Operand {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly range?: readonly [number, number];
}

/** One way to use an op. */
export interface Case {
  /** The op under test, by its name in the graph. */
  readonly op: string;
  /** What is special. */
  readonly name: string;
  readonly operands: readonly Operand[];
  build(operands: readonly Value[], graph: Graph): Value | readonly Value[];
  /** False where no gradient flows, or another than the derivative (straight-through). */
  readonly differentiable?: boolean;
}

/** A case as a graph. */
export interface Built {
  readonly graph: Graph;
  readonly operands: readonly Value[];
  readonly outputs: readonly Value[];
}

/** Name of the vector that cases read from and write to, and its length. */
export const VECTOR = "v";
export const VECTOR_LENGTH = 64;

/** Name of the run-time scalar that cases use. */
export const SCALAR = "s";

/** The case's graph; its outputs are named `y0`, `y1`, ... */
export function buildCase(example: Case): Built {
  const graph = new Graph();
  const operands = example.operands.map(({ shape, dtype }, at) =>
    input(graph, `x${at}`, shape, dtype),
  );
  const built = example.build(operands, graph);
  const outputs = Array.isArray(built) ? (built as Value[]) : [built as Value];
  for (const [at, output] of outputs.entries()) graph.output(`y${at}`, output);
  return { graph, operands, outputs };
}

/** The loss of a case: its first output against random weights. */
export function lossOf({ graph, outputs: [output] }: Built): Value {
  return reduceSum(mul(output, input(graph, "weights", output.shape)));
}

/** The gradients of the loss with respect to the f32 operands: outputs `d0`, `d1`, ... Returns the loss. */
export function addGradients(built: Built): Value {
  const { graph, operands } = built;
  const loss = lossOf(built);
  const wanted = operands.filter(({ dtype }) => dtype === "f32");
  for (const [at, grad] of gradients(loss, wanted).entries()) graph.output(`d${at}`, grad);
  return loss;
}

/**
 * Random numbers no two of which are near each other, so that no maximum is a tie and central
 * differences stay on one side of every kink: one number on each rung of a ladder, shuffled.
 */
export function ladder(length: number, [low, high]: readonly [number, number], seed: number) {
  const random = new Random({ seed, purpose: "init" });
  const rungs = random.permutation(length);
  return Float64Array.from(
    rungs,
    (rung) => low + ((high - low) * (rung + 0.25 + 0.5 * random.uniform())) / length,
  );
}

/** What an element type holds of a number within its range. */
const held: Readonly<Record<DType, (value: number) => number>> = {
  f32: (value) => value,
  i32: Math.floor,
  u8: Math.floor,
  i8: Math.floor,
  bf16: (value) => fromBfloat16(toBfloat16(value)),
};

/** Numbers for everything that the graph of a case binds. */
export function bindingsFor(example: Case, { graph }: Built, seed: number): Required<Bindings64> {
  const inputs: Record<string, Float64Array> = {};
  for (const { op, attrs, outputs } of graph.nodes) {
    if (op.name !== "input") continue;
    const name = attrs.name as string;
    const operand = example.operands[Number(name.slice(1))];
    const [{ dtype, shape }] = outputs;
    const range = operand?.range ?? (dtype === "f32" ? [-1, 2] : [0, 5]);
    const numbers = ladder(sizeOf(shape), range, seed + Object.keys(inputs).length);
    inputs[name] = numbers.map(held[dtype]);
  }
  return {
    inputs,
    vectors: { [VECTOR]: ladder(VECTOR_LENGTH, [-2, 2], seed + 100) },
    scalars: { [SCALAR]: 0.75 },
    key: { seed, purpose: "dropout" },
  };
}

/** Largest absolute difference over largest absolute expected value. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let at = 0; at < expected.length; at++) {
    difference = Math.max(difference, Math.abs(found[at] - expected[at]));
    scale = Math.max(scale, Math.abs(expected[at]));
  }
  return difference === 0 ? 0 : difference / Math.max(scale, 1e-3);
}

/** A case: op, what is special, operands (a shape alone means the usual range of f32), how to build it. */
export const use = (
  op: string,
  name: string,
  operands: readonly (Shape | Operand)[],
  build: Case["build"],
  settings: Pick<Case, "differentiable"> = {},
): Case => ({
  op,
  name,
  operands: operands.map((operand) => ("shape" in operand ? operand : { shape: operand })),
  build,
  ...settings,
});
