// The intermediate representation: a static graph of nodes in topological order.
// A value is one output of a node. Nodes are appended and never moved, so a node's inputs always
// stand before it. Passes build a new graph (see rewrite.ts) instead of editing one.

import type { DType } from "../tensor/dtype.js";
import { formatShape, type Shape } from "../tensor/shape.js";
import { expectArithmetic, expectSizes } from "./expect.js";

/** Element type and shape of a value. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Compile-time settings of a node: plain data, so that a graph can be sent to any engine. */
export type Attrs = Readonly<
  Record<string, number | string | boolean | readonly (number | string)[]>
>;

/** Work done by one node: floating-point operations, a multiply-add counting two. */
export type Flops = number;

/**
 * The loops of a node that multiplies and adds, as those of a convolution: `outputs` channels are made of `inputs`
 * channels in `groups`, by a `kernel` [height, width] at so many `places` [height, width] of each image. A matrix
 * product has one place and a kernel of 1x1.
 */
export interface Loops {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  readonly kernel: readonly number[];
  readonly places: readonly number[];
}

/**
 * A primitive operation: its name, shape rule, gradient rule and cost. One file in `ops/` a family.
 * An op whose `gradient` is absent stops differentiation.
 */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  /** Element-wise over broadcast operands: fuses with its like into one pass. */
  readonly pointwise?: boolean;
  /** Takes operands of i8 and bf16; those of any other op are cast before. */
  readonly takesAll?: boolean;
  /**
   * Takes operands of bf16 where it takes f32, and stores the results as bf16 that a node's attribute `half` lists by
   * number; everything in between is f32. The pass `halfPrecision` uses it.
   */
  readonly takesHalf?: boolean;
  /** Types of the outputs; throws a `RangeError` saying what was found and expected. */
  infer(inputs: readonly TensorType[], attrs: A): TensorType[];
  /** Gradients of the inputs given those of the outputs (`undefined` = none flows). */
  gradient?(node: Node<A>, grads: readonly (Value | undefined)[]): (Value | undefined)[];
  /** Makes the first output once more from the operands and the other outputs, where that is less work. */
  again?(inputs: readonly Value[], others: readonly Value[], attrs: A): Value;
  /** Of an op that multiplies and adds; its work follows from them. */
  loops?(node: Node<A>): Loops;
  /** Default: two operations a multiply-add of its loops, else one an output element. */
  flops?(node: Node<A>): Flops;
}

/** One output of a node. */
export class Value implements TensorType {
  constructor(
    readonly node: Node,
    readonly index: number,
    readonly dtype: DType,
    readonly shape: Shape,
  ) {}

  get graph(): Graph {
    return this.node.graph;
  }

  toString(): string {
    return `${this.node.op.name}#${this.node.id}:${this.dtype}${formatShape(this.shape)}`;
  }
}

/** One application of an op. */
export class Node<A extends Attrs = Attrs> {
  readonly outputs: readonly Value[];

  constructor(
    readonly graph: Graph,
    readonly id: number,
    readonly op: Op<A>,
    readonly inputs: readonly Value[],
    readonly attrs: A,
    types: readonly TensorType[],
  ) {
    this.outputs = types.map(
      (type, index) => new Value(this as unknown as Node, index, type.dtype, type.shape),
    );
  }
}

/** A type as the shape rule of an op sees it that takes bf16 where f32 stands. */
const asWhole = ({ dtype, shape }: TensorType): TensorType => ({
  dtype: dtype === "bf16" ? "f32" : dtype,
  shape,
});

/** The type in which a node stores a result. */
function storedType(op: Op<never>, attrs: Attrs, type: TensorType, at: number): TensorType {
  const { half } = attrs;
  if (half === undefined || !(half as readonly number[]).includes(at)) return type;
  if (op.takesHalf && type.dtype === "f32") return { dtype: "bf16", shape: type.shape };
  throw new RangeError(`${op.name}: result ${at} cannot be stored as bf16`);
}

/**
 * A static graph. Named `outputs` are returned by a run; `write` nodes change vectors. Values of one
 * graph must not be used in another.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [2]);
 * graph.output("y", add(x, constant(graph, 1)));
 * [...graph.outputs.keys()]; // ["y"]
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly outputs = new Map<string, Value>();

  /** Appends a node and returns its outputs. */
  apply<A extends Attrs>(op: Op<A>, inputs: readonly Value[], attrs: A): readonly Value[] {
    for (const input of inputs) {
      if (input.graph !== this) throw new Error(`${op.name}: ${input} belongs to another graph`);
    }
    const operands = op.takesHalf ? inputs.map(asWhole) : inputs;
    if (!op.takesAll) expectArithmetic(op.name, operands);
    const types = op.infer(operands, attrs).map((type, at) => storedType(op, attrs, type, at));
    for (const { shape } of types) expectSizes(op.name, shape);
    const node = new Node(this, this.nodes.length, op, inputs, attrs, types);
    this.nodes.push(node as unknown as Node);
    return node.outputs;
  }

  /** Names a value that every run returns. */
  output(name: string, value: Value): void {
    if (this.outputs.has(name)) throw new Error(`the graph already has an output "${name}"`);
    this.outputs.set(name, value);
  }
}

/** Applies an op with one output. All inputs must share a graph. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly Value[], attrs: A): Value {
  return inputs[0].graph.apply(op, inputs, attrs)[0];
}
