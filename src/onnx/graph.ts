// A file as a graph of ours with the vector that it reads.

import { Graph, input, read, type Value, WEIGHTS } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { OnnxTensor } from "../tensor/onnx/elements.js";
import { printable } from "../text/printable.js";
import { buildOnnx, type Parameters } from "./build.js";
import type { OnnxFile } from "./file.js";
import type { Operand } from "./operand.js";

/** A file as a graph. */
export interface ImportedGraph {
  /** Inputs as the file names them, f32; it reads the vector `w`. */
  readonly graph: Graph;
  readonly w: Float32Array;
  /** In the file's order; those that depend on no input are known and no outputs of the graph. */
  readonly outputs: readonly Operand[];
}

/** Collects parameters into one vector. */
class Vector {
  private readonly parts: ArrayLike<number>[] = [];
  private length = 0;

  constructor(private readonly graph: Graph) {}

  readonly parameter: Parameters = (_, shape, __, first) => {
    const value = read(this.graph, WEIGHTS, shape, this.length);
    this.parts.push(first);
    this.length += first.length;
    return value;
  };

  get numbers(): Float32Array {
    const all = new Float32Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/**
 * Builds a file as it is: its outputs by name, its inputs of f32 as inputs, its parameters as the vector `w`. Inputs of other
 * types, and those that an operator must know, are given as numbers.
 *
 * @param known numbers of inputs by name; default none
 * @param free the size of axes that the file leaves open, as the batch; default 1
 * @throws InputError for an input of another type than f32 that is not given, and a node that cannot be built.
 */
export function importGraph(
  file: OnnxFile,
  known: ReadonlyMap<string, OnnxTensor> = new Map(),
  free = 1,
): ImportedGraph {
  const graph = new Graph();
  const inputs = new Map<string, Value | OnnxTensor>();
  for (const { name, type, shape } of file.inputs) {
    const tensor = known.get(name);
    if (!tensor && type !== "f32") {
      throw new InputError(
        `${file.source}: its input "${printable(name)}" is ${type}; expected its numbers, since only f32 goes through a graph`,
      );
    }
    const sizes = shape.map((size) => size ?? free);
    inputs.set(name, tensor ?? input(graph, name, sizes));
  }
  const vector = new Vector(graph);
  const names = file.outputs.map(({ name }) => name);
  const outputs = buildOnnx(file, { graph, parameter: vector.parameter, inputs }, names);
  for (const [at, operand] of outputs.entries()) {
    if (operand.flows) graph.output(names[at], operand.value());
  }
  return { graph, w: vector.numbers, outputs };
}
