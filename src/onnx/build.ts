// From a file to our graph, node by node: what does not depend on the images is worked out, the rest becomes primitives.

import { constant, expand, type Graph, type ParamKind, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Scope } from "../nn/index.js";
import type { OnnxTensor } from "../tensor/onnx/elements.js";
import type { NodeProto } from "../tensor/onnx/schema.js";
import { formatShape, type Shape } from "../tensor/shape.js";
import { printable } from "../text/printable.js";
import type { OnnxFile } from "./file.js";
import { folded, isTensor, knownOperand } from "./fold.js";
import type { Operand } from "./operand.js";
import { builders } from "./ops/index.js";
import { type Output, type Site, Step } from "./step.js";

/** Where parameters come from. */
export type Parameters = (
  name: string,
  shape: Shape,
  kind: ParamKind,
  first: OnnxTensor["data"],
) => Value;

/** What a file is built into. */
export interface Target {
  readonly graph: Graph;
  readonly parameter: Parameters;
  /** Of a net. */
  readonly scope?: Scope;
  readonly batch?: Site["batch"];
  /** What names of tables that the file has no name for begin with; default "constant". */
  readonly tables?: string;
  /** Inputs of the file by name: values of the graph, or numbers. */
  readonly inputs: ReadonlyMap<string, Value | OnnxTensor>;
}

/** Kinds of parameters by the operators that take them, and at which place; all others are weights or biases. */
const kinds: Readonly<Record<string, readonly (ParamKind | undefined)[]>> = {
  BatchNormalization: [undefined, "scale", "shift", "statistic", "statistic"],
  GroupNormalization: [undefined, "scale", "shift"],
  InstanceNormalization: [undefined, "scale", "shift"],
  LayerNormalization: [undefined, "scale", "shift"],
  PRelu: [undefined, "scale"],
};

/** What images are brought to a net's numbers by is not trained. */
const FIRST = ["Sub", "Div", "Mul", "Add"];

function kindsOf({ nodes, inputs }: OnnxFile): ReadonlyMap<string, ParamKind> {
  const found = new Map<string, ParamKind>();
  const images = new Set(inputs.map(({ name }) => name));
  for (const { op_type: type = "", input = [], output = [] } of nodes) {
    const prepares = FIRST.includes(type) && input.some((name) => images.has(name));
    if (prepares) for (const name of output) images.add(name);
    for (const [at, name] of input.entries()) {
      const kind = prepares ? "statistic" : kinds[type]?.[at];
      if (kind) found.set(name, kind);
    }
  }
  return found;
}

/** Builds a file. */
class Building {
  private readonly operands = new Map<string, Operand>();
  private readonly site: Site;
  private readonly kinds: ReadonlyMap<string, ParamKind>;
  private tables = 0;

  constructor(
    private readonly file: OnnxFile,
    private readonly target: Target,
  ) {
    const { graph, scope, batch, tables = "constant" } = target;
    const { source, opset } = file;
    const table = (tensor: OnnxTensor) => this.lifted(tensor, `${tables}.${this.tables++}`);
    this.site = { graph, scope, batch, source, opset, table };
    for (const [name, of] of target.inputs) this.operands.set(name, this.operandOf(of, name));
    this.kinds = kindsOf(file);
    for (const [name, tensor] of file.initializers) {
      this.operands.set(name, this.initialiser(name, tensor, this.kinds.get(name)));
    }
  }

  /** Numbers in the graph: one number as it is, others as a parameter that is not trained. */
  private lifted({ shape, data }: OnnxTensor, name: string): Value {
    const { graph, parameter } = this.target;
    if (data.every((number) => number === data[0])) return expand(constant(graph, data[0]), shape);
    return parameter(name, shape, "statistic", data);
  }

  private operandOf(of: Value | OnnxTensor, name: string, type: Operand["type"] = "f32"): Operand {
    if (isTensor(of)) return this.knownAs(of, name);
    return { type, shape: of.shape, flows: true, value: () => of };
  }

  private knownAs(tensor: OnnxTensor, name: string): Operand {
    let value: Value | undefined;
    return knownOperand(tensor, () => (value ??= this.lifted(tensor, name)));
  }

  /** Numbers of f32 are parameters, but single ones without an axis. */
  private initialiser(name: string, tensor: OnnxTensor, kind?: ParamKind): Operand {
    const { type, shape, data } = tensor;
    if (type !== "f32" || shape.length === 0 || data.length === 0)
      return this.knownAs(tensor, name);
    let value: Value | undefined;
    const own = kind ?? (shape.length > 1 ? "weight" : "bias");
    return {
      ...{ type, shape, known: tensor, flows: true, param: name },
      value: () => (value ??= this.target.parameter(name, shape, own, data)),
    };
  }

  private inputsOf(node: NodeProto): (Operand | undefined)[] {
    return (node.input ?? []).map((name) => {
      if (name === "") return undefined;
      const operand = this.operands.get(name);
      if (operand) return operand;
      throw new InputError(
        `${this.file.source}: node ${printable(`${node.op_type} "${node.name ?? ""}"`)} takes "${printable(name)}", which nothing gives before it`,
      );
    });
  }

  /** A parameter under another name, as exporters write those whose numbers are the same: one of its own. */
  private alias({ op_type: type, output = [] }: NodeProto, of: Operand | undefined): boolean {
    if (type !== "Identity" || of?.param === undefined || !of.known) return false;
    this.operands.set(output[0], this.initialiser(output[0], of.known, this.kinds.get(output[0])));
    return true;
  }

  add(node: NodeProto): void {
    const build = builders[node.op_type ?? ""];
    const inputs = this.inputsOf(node);
    if (this.alias(node, inputs[0])) return;
    const outputs = node.output ?? [];
    const set = (at: number, output: Output | undefined, type: Operand["type"]) => {
      const name = outputs[at];
      if (!name || !output) return;
      const value = "value" in output ? output.value : output;
      this.operands.set(name, this.operandOf(value, name, type));
    };
    if (inputs.every((operand) => !operand?.flows)) {
      const known = inputs.map((operand) => operand?.known);
      for (const [at, tensor] of folded(node, build, known, this.site).entries()) {
        set(at, tensor, tensor?.type ?? "f32");
      }
      return;
    }
    const made = new Step(node, inputs, this.site).run(build);
    for (const [at, { output, type }] of made.entries()) set(at, output, type);
  }

  result(name: string): Operand {
    const operand = this.operands.get(name);
    if (operand) return operand;
    throw new InputError(`${this.file.source}: nothing gives its output "${printable(name)}"`);
  }
}

/**
 * Builds the nodes of a file that some of its values need.
 *
 * @param wanted names of values
 * @throws InputError naming the node that cannot be built, and why.
 */
export function buildOnnx(file: OnnxFile, target: Target, wanted: readonly string[]): Operand[] {
  const building = new Building(file, target);
  for (const node of neededNodes(file, wanted, target.inputs)) building.add(node);
  return wanted.map((name) => building.result(name));
}

/** The nodes that values need, in the file's order, but for those behind values that are given. */
export function neededNodes(
  { nodes }: OnnxFile,
  wanted: readonly string[],
  given: ReadonlyMap<string, unknown> = new Map(),
): NodeProto[] {
  const open = (names: readonly string[]) => names.filter((name) => !given.has(name));
  const names = new Set(open(wanted));
  const needed = new Set<NodeProto>();
  for (const node of [...nodes].reverse()) {
    if (!(node.output ?? []).some((name) => names.has(name))) continue;
    needed.add(node);
    for (const name of open(node.input ?? [])) names.add(name);
  }
  return nodes.filter((node) => needed.has(node));
}

/** Refuses images that a file was not made for. */
export function expectShape(file: OnnxFile, shape: Shape): void {
  const [port] = file.inputs;
  const fits =
    shape.length === port.shape.length &&
    port.shape.every((size, axis) => axis === 0 || size === undefined || size === shape[axis]);
  if (fits) return;
  const expected = formatShape(port.shape.map((size) => size ?? -1)).replaceAll("-1", "any");
  throw new InputError(`${file.source}: expected images ${expected}, found ${formatShape(shape)}`);
}
