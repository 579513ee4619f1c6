// The check at the door of every engine: does a run bind all that the graph names, and does it fit?

import type { Graph } from "../graph/graph.js";
import { type DType, zeros } from "../tensor/dtype.js";
import { formatShape, type Shape, sizeOf } from "../tensor/shape.js";
import type { Bindings, Buffer, Input } from "./engine.js";

/** What is wrong with one binding, in words; `undefined` when it fits. */
type Check = (bindings: Bindings) => string | undefined;

const vectorCheck =
  (name: string, end: number): Check =>
  ({ vectors }) => {
    const vector = vectors?.[name];
    if (!vector) return `vector "${name}" is not bound`;
    if (vector.length >= end) return undefined;
    return `vector "${name}" has ${vector.length} elements, the graph uses ${end}`;
  };

const isArray = (found: Buffer | Input): found is Buffer => ArrayBuffer.isView(found);

const describe = (found: Buffer | Input) =>
  `${isArray(found) ? found.constructor.name : `a buffer of ${found.dtype}`} of ${found.length}`;

function inputCheck(name: string, dtype: DType, shape: Shape): Check {
  const wanted = zeros(dtype, 0).constructor;
  const size = sizeOf(shape);
  return ({ inputs }) => {
    const found = inputs?.[name];
    if (!found) return `input "${name}" is not bound`;
    const fits = isArray(found) ? found.constructor === wanted : found.dtype === dtype;
    if (fits && found.length === size) return undefined;
    return (
      `input "${name}": expected ${wanted.name} of ${size} for ${dtype} ${formatShape(shape)}, ` +
      `found ${describe(found)}`
    );
  };
}

const scalarCheck =
  (name: string): Check =>
  ({ scalars }) =>
    typeof scalars?.[name] === "number" ? undefined : `scalar "${name}" is not bound`;

const keyCheck: Check = ({ key }) =>
  key ? undefined : "the graph draws random numbers and needs a key";

/** The end of what nodes read and write of each vector. */
function vectorEnds(graph: Graph): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const { op, attrs, inputs, outputs } of graph.nodes) {
    if (op.name !== "read" && op.name !== "write") continue;
    const [{ shape }] = op.name === "read" ? outputs : inputs;
    const name = attrs["vector"] as string;
    const end = (attrs["offset"] as number) + sizeOf(shape);
    ends.set(name, Math.max(end, ends.get(name) ?? 0));
  }
  return ends;
}

function checksOf(graph: Graph): Check[] {
  const nodes = (op: string) => graph.nodes.filter((node) => node.op.name === op);
  return [
    ...[...vectorEnds(graph)].map(([name, end]) => vectorCheck(name, end)),
    ...nodes("input").map(({ attrs: { name }, outputs: [{ dtype, shape }] }) =>
      inputCheck(name as string, dtype, shape),
    ),
    ...nodes("scalar").map(({ attrs: { name } }) => scalarCheck(name as string)),
    ...(nodes("uniform").length > 0 ? [keyCheck] : []),
  ];
}

/**
 * The check of a run's bindings against a graph without dead nodes: made once, since a small net runs thousands of
 * times a second. It throws a RangeError that names the first binding that is missing or does not fit.
 */
export function bindingCheck(graph: Graph): (bindings: Bindings) => void {
  const checks = checksOf(graph);
  return (bindings) => {
    for (const check of checks) {
      const problem = check(bindings);
      if (problem) throw new RangeError(`run: ${problem}`);
    }
  };
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
