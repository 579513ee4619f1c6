// The check at the door of every engine: does a run bind all that the graph names, and does it fit?

import type { Graph, Node } from "../graph/graph.js";
import { type DType, zeros } from "../tensor/dtype.js";
import { formatShape, type Shape, sizeOf } from "../tensor/shape.js";
import type { Bindings, Buffer } from "./engine.js";

/** What is wrong with the binding that a node needs, in words; `undefined` when it fits. */
type Check = (node: Node, bindings: Bindings) => string | undefined;

function checkVector(name: string, end: number, bindings: Bindings): string | undefined {
  const vector = bindings.vectors?.[name];
  if (!vector) return `vector "${name}" is not bound`;
  if (vector.length >= end) return undefined;
  return `vector "${name}" has ${vector.length} elements, the graph uses ${end}`;
}

const describe = (buffer: Buffer) => `${buffer.constructor.name} of ${buffer.length}`;

function checkInput(name: string, dtype: DType, shape: Shape, bindings: Bindings) {
  const found = bindings.inputs?.[name];
  if (!found) return `input "${name}" is not bound`;
  const wanted = zeros(dtype, 0).constructor;
  if (found.constructor === wanted && found.length === sizeOf(shape)) return undefined;
  return (
    `input "${name}": expected ${wanted.name} of ${sizeOf(shape)} ` +
    `for ${dtype} ${formatShape(shape)}, found ${describe(found)}`
  );
}

/** The ops that meet the world outside the graph. */
const checks: Readonly<Record<string, Check>> = {
  read: ({ attrs: { vector, offset }, outputs: [value] }, bindings) =>
    checkVector(vector as string, (offset as number) + sizeOf(value.shape), bindings),
  write: ({ attrs: { vector, offset }, inputs: [value] }, bindings) =>
    checkVector(vector as string, (offset as number) + sizeOf(value.shape), bindings),
  input: ({ attrs: { name }, outputs: [{ dtype, shape }] }, bindings) =>
    checkInput(name as string, dtype, shape, bindings),
  scalar: ({ attrs: { name } }, { scalars }) =>
    typeof scalars?.[name as string] === "number" ? undefined : `scalar "${name}" is not bound`,
  uniform: (_, { key }) => (key ? undefined : "the graph draws random numbers and needs a key"),
};

/**
 * Checks the bindings of a run against a graph without dead nodes.
 *
 * @throws RangeError that names the first binding that is missing or does not fit.
 */
export function checkBindings(graph: Graph, bindings: Bindings): void {
  for (const node of graph.nodes) {
    const problem = checks[node.op.name]?.(node, bindings);
    if (problem) throw new RangeError(`run: ${problem}`);
  }
}

/**
 * Checks the names of vectors that seldom change; see `CompileOptions`.
 *
 * @throws RangeError for one that the graph does not read, or that it writes.
 */
export function checkFrozen(graph: Graph, frozen: readonly string[]): void {
  const uses = (op: string, vector: string) =>
    graph.nodes.some((node) => node.op.name === op && node.attrs["vector"] === vector);
  for (const name of frozen) {
    if (!uses("read", name)) {
      throw new RangeError(`compile: the graph does not read the frozen vector "${name}"`);
    }
    if (uses("write", name)) {
      throw new RangeError(`compile: the graph writes the frozen vector "${name}"`);
    }
  }
}
