// One node of an ONNX file, as the builders of ops see it.

import { constant, expand, type Graph, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Scope } from "../nn/index.js";
import { type ElementType, type OnnxTensor, readTensor } from "../tensor/onnx/elements.js";
import type { AttributeProto, NodeProto } from "../tensor/onnx/schema.js";
import type { Shape } from "../tensor/shape.js";
import { printable } from "../text/printable.js";
import type { Operand, Typed } from "./operand.js";

/** Where nodes are built. */
export interface Site {
  readonly graph: Graph;
  readonly source: string;
  /** Version of ONNX's operators. */
  readonly opset: number;
  /** Images at once in the file, and here, where the file fixes that. */
  readonly batch?: { readonly file: number; readonly here: number };
  /** Of a net that is built; absent where numbers are worked out. */
  readonly scope?: Scope;
  /** Numbers that a node needs as a tensor. */
  table(tensor: OnnxTensor): Value;
}

/** A value of the first input's type or of one that it says, or numbers that are known. */
export type Output = Value | Typed | OnnxTensor;

/** What a builder gives: one output, or several, of which those that nobody wants may be left out. */
export type Built = Output | readonly (Output | undefined)[];

/** Builds the outputs of a node. */
export type Builder = (step: Step) => Built;

/** Builds a function of one value. */
export const unary =
  (rule: (x: Value) => Value): Builder =>
  (step) =>
    rule(step.x());

/** Most elements that a node has worked out one by one. */
const MOST_MANY = 2 ** 24;

/** A node with its inputs. */
export class Step {
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(
    readonly node: NodeProto,
    readonly inputs: readonly (Operand | undefined)[],
    readonly site: Site,
  ) {
    this.attributes = new Map((node.attribute ?? []).map((one) => [one.name ?? "", one]));
  }

  /** What a builder makes of it, each output with its type. @throws InputError naming the node where shapes do not fit */
  run(build: Builder): { readonly output?: Output; readonly type: ElementType }[] {
    try {
      const built = build(this);
      const all = Array.isArray(built)
        ? (built as readonly (Output | undefined)[])
        : [built as Output];
      return all.map((output) => {
        const own = output && "type" in output ? output.type : undefined;
        return { output, type: own ?? this.inputs[0]?.type ?? "f32" };
      });
    } catch (error) {
      if (error instanceof RangeError) this.fail(error.message);
      throw error;
    }
  }

  get graph(): Graph {
    return this.site.graph;
  }

  get opset(): number {
    return this.site.opset;
  }

  get type(): string {
    return this.node.op_type ?? "";
  }

  /** @throws InputError naming the node */
  fail(message: string): never {
    const { op_type = "", name = "", output = [] } = this.node;
    const which = printable(`${op_type} "${name || output[0]}"`);
    throw new InputError(`${this.site.source}: node ${which}: ${message}`);
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, usual: number): number {
    return this.attributes.get(name)?.i ?? (this.has(name) ? 0 : usual);
  }

  float(name: string, usual: number): number {
    return this.attributes.get(name)?.f ?? (this.has(name) ? 0 : usual);
  }

  ints(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.floats;
  }

  text(name: string, usual: string): string {
    const bytes = this.attributes.get(name)?.s;
    return bytes === undefined ? usual : new TextDecoder().decode(bytes);
  }

  tensor(name: string): OnnxTensor | undefined {
    const proto = this.attributes.get(name)?.t;
    return proto && readTensor(proto, this.site.source);
  }

  /** An input that may be left out. */
  maybe(at: number): Operand | undefined {
    return this.inputs[at];
  }

  operand(at: number): Operand {
    return this.inputs[at] ?? this.fail(`expected at least ${at + 1} inputs`);
  }

  /** An input as a value. */
  x(at = 0): Value {
    return this.operand(at).value();
  }

  shape(at = 0): Shape {
    return this.operand(at).shape;
  }

  typeOf(at = 0): ElementType {
    return this.operand(at).type;
  }

  /** The numbers of an input that must not depend on the images. */
  known(at: number): OnnxTensor {
    return this.operand(at).known ?? this.fail(`input ${at} must not depend on the images`);
  }

  /** Numbers of an input or, in files of older operators, of an attribute; `undefined` where it has neither. */
  numbers(at: number, attribute: string): readonly number[] | undefined {
    const operand = this.inputs[at];
    return operand ? Array.from(this.known(at).data) : this.ints(attribute);
  }

  /** A number of things that are made one by one. @throws InputError for more than a net can mean */
  many(count: number): number {
    if (count >= 0 && count <= MOST_MANY) return count;
    return this.fail(`${count} elements; expected at most ${MOST_MANY}`);
  }

  constant(value: number): Value {
    return constant(this.graph, value);
  }

  /** A value of a shape that is the same number everywhere. */
  filled(shape: Shape, value: number): Value {
    return expand(constant(this.graph, value), shape);
  }

  /** Numbers as a tensor of the graph; one for all where they are the same. */
  table(shape: Shape, numbers: ArrayLike<number>): Value {
    return this.site.table({ type: "f32", shape, data: Float32Array.from(numbers) });
  }

  /** An axis counted from the start. */
  axis(axis: number, rank = this.shape().length): number {
    const from = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(from) && from >= 0 && from <= rank) return from;
    return this.fail(`axis ${axis} of ${rank} axes`);
  }
}
