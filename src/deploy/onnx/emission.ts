// What an ONNX graph is written with: names of values, numbers that are known, nodes.

import type { Node, Value } from "../../graph/index.js";
import { type ElementType, writeTensor } from "../../tensor/onnx/elements.js";
import type { AttributeProto, NodeProto, TensorProto } from "../../tensor/onnx/schema.js";
import { formatShape, type Shape } from "../../tensor/shape.js";
import { isFixed, type Size, sizesOf } from "./sizes.js";

/** Types of attributes. */
const [FLOAT, INT, STRING, INTS] = [1, 2, 3, 7];

/** A number that is written as a float, however whole it is. */
export interface Float {
  readonly float: number;
}
export const float = (value: number): Float => ({ float: value });

/** Attributes by name. */
export type OnnxAttributes = Readonly<Record<string, number | string | Float | readonly number[]>>;

function attribute(name: string, value: OnnxAttributes[string]): AttributeProto {
  if (typeof value === "number") return { name, i: value, type: INT };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: STRING };
  if ("float" in value) return { name, f: value.float, type: FLOAT };
  return { name, ints: value, type: INTS };
}

/** Numbers that a graph is known to have, whatever its images are. */
export interface Known {
  /** Of the parameter that they come from. */
  readonly name: string;
  readonly type: ElementType & ("f32" | "i8" | "i32" | "u8");
  readonly shape: Shape;
  data(): ArrayLike<number>;
}

/** Where values come from that no node of ours makes. */
export interface Sources {
  /** What a value is known to be; `undefined` for one that depends on the images. */
  known(value: Value): Known | undefined;
  /** The same node in the graph for the other batch. */
  twin(node: Node): Node;
}

/**
 * Types in which weights of whole numbers can be written. Sums of u8 images and u8 weights are exact in every runtime. With i8
 * runtimes take an instruction that is twice as fast or more where a processor adds its products in 32 bits (VNNI, AMX,
 * ARM's dot products), and whose sums of 16 bits saturate where it does not.
 */
export const integerWeights = ["u8", "i8"] as const;
export type IntegerWeights = (typeof integerWeights)[number];

/** An ONNX graph in the making. */
export class Emission {
  readonly nodes: NodeProto[] = [];
  readonly initializers = new Map<string, TensorProto>();
  private readonly names = new Map<Value, string>();
  /** Paths of the layers that values belong to. */
  private readonly paths = new Map<Value, string>();
  /** Scales of values that are bytes: what a byte more means. */
  readonly scales = new Map<Value, number>();
  private readonly taken = new Map<string, number>();
  private path = "";

  constructor(
    private readonly sources: Sources,
    /** How weights of whole numbers are written. */
    readonly integerWeights: IntegerWeights = "u8",
  ) {}

  /** A name that nothing else has. */
  private free(name: string): string {
    const count = (this.taken.get(name) ?? 0) + 1;
    this.taken.set(name, count);
    return count === 1 ? name : this.free(`${name}_${count}`);
  }

  /** Takes a name for a value that comes from outside. */
  bind(value: Value, name: string): void {
    this.names.set(value, this.free(name));
  }

  /** What a value is known to be; `undefined` for one that depends on the images. */
  known(value: Value): Known | undefined {
    return this.sources.known(value);
  }

  /** Sizes of a value. */
  sizes({ node, index, shape }: Value): Size[] {
    return sizesOf(shape, this.sources.twin(node).outputs[index].shape);
  }

  /** An attribute that holds sizes. */
  sizesIn(node: Node, name: string): Size[] {
    const twin = this.sources.twin(node);
    return sizesOf(node.attrs[name] as number[], twin.attrs[name] as number[]);
  }

  /** The name of a value; one that is known becomes an initialiser. */
  name(value: Value): string {
    const name = this.names.get(value);
    if (name !== undefined) return name;
    const known = this.known(value);
    if (!known) throw new Error(`${value} is used before it is made`);
    const given = this.tensor(known.name, known.type, known.shape, known.data());
    this.names.set(value, given);
    return given;
  }

  /** An initialiser of numbers. */
  tensor(name: string, type: Known["type"] | "i64", shape: Shape, data: ArrayLike<number>): string {
    const given = this.free(name);
    this.initializers.set(given, writeTensor(given, type, shape, data));
    return given;
  }

  /** An initialiser that belongs to the layer at work. */
  ownTensor(name: string, type: Known["type"], shape: Shape, data: ArrayLike<number>): string {
    return this.tensor(this.path === "" ? name : `${this.path}.${name}`, type, shape, data);
  }

  /** An initialiser of few numbers that says its value by its name, and is there once. */
  constant(type: Known["type"] | "i64", numbers: number | readonly number[]): string {
    const [shape, data] =
      typeof numbers === "number" ? [[], [numbers]] : [[numbers.length], numbers];
    const text = data.map(String).join("_").replaceAll("-", "m");
    const name = `${type}_${shape.length === 0 ? "" : "list_"}${text.length > 40 ? `${text.slice(0, 40)}_${this.initializers.size}` : text}`;
    if (!this.initializers.has(name)) {
      this.taken.set(name, 1);
      this.initializers.set(name, writeTensor(name, type, shape, data));
    }
    return name;
  }

  /** Appends a node with one output, and gives the output's name. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: OnnxAttributes = {},
    output = this.free(this.path === "" ? type : `${this.path}/${type}`),
  ): string {
    return this.nodeOf(type, inputs, attributes, [output])[0];
  }

  /** Appends a node with several outputs. */
  nodeOf(
    type: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    outputs: readonly string[],
  ): readonly string[] {
    this.nodes.push({
      input: inputs,
      output: outputs,
      name: outputs.find((name) => name !== ""),
      op_type: type,
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
    return outputs;
  }

  /** A name in the layer at work. */
  fresh(name: string): string {
    return this.free(this.path === "" ? name : `${this.path}/${name}`);
  }

  /** Writes a node by what makes it, named after the layer whose parameters it reads, or the one before it. */
  emit(node: Node, make: (node: Node, to: Emission) => string): void {
    const known = node.inputs
      .map((value) => this.known(value)?.name)
      .find((name) => name?.includes("."));
    const before = node.inputs.map((value) => this.paths.get(value)).find((path) => path);
    this.path = known?.split(".").slice(0, -1).join(".") ?? before ?? "";
    this.names.set(node.outputs[0], make(node, this));
    this.paths.set(node.outputs[0], this.path);
  }

  /** The scale of a value's bytes; of one whose scale nobody tells, 1. */
  scale(value: Value): number {
    return this.scales.get(value) ?? 1;
  }

  /**
   * Sizes as ONNX's Reshape takes them: 0 for one that stays, -1 for the one that follows the batch.
   *
   * @throws RangeError where two sizes follow the batch and the first is not that of the operand
   */
  shapeOf(from: readonly Size[], to: readonly Size[]): string {
    const free = to.flatMap((size, axis) => (isFixed(size) ? [] : [axis]));
    const stays =
      free.includes(0) && !isFixed(from[0]) && String(same(from[0])) === String(same(to[0]));
    const others = stays ? free.slice(1) : free;
    if (others.length > 1) {
      throw new RangeError(
        `two sizes of ${formatShape(to.map((size) => (isFixed(size) ? size : -1)))} follow the batch`,
      );
    }
    const sizes = to.map((size, axis) => (isFixed(size) ? size : stays && axis === 0 ? 0 : -1));
    return this.constant("i64", sizes);
  }
}

const same = (size: Size): number => (isFixed(size) ? size : -size.times);
