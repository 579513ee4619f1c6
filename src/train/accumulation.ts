// Gradient accumulation: a step's batch goes through the net in micro-batches, and their gradients are
// summed up. The memory is that of a micro-batch. The gradient is that of the whole batch up to rounding,
// but for what looks at all images of a pass together: batch normalisation takes its statistics from each
// micro-batch (the "ghost batches" of Hoffer, Hubara and Soudry 2017, arXiv 1705.08741).

import type { Engine, Vector } from "../engine/engine.js";
import { add, constant, Graph, mul, read, scalar, select, sub, write } from "../graph/index.js";
import { InputError } from "../inputError.js";

/** Images `[from, to)` of a batch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * A batch in at most `count` micro-batches of one size; the last takes what is left.
 *
 * @throws InputError when there are more micro-batches than images.
 * @example
 * microBatches(64, 3).map(({ from, to }) => to - from); // [22, 22, 20]
 */
export function microBatches(batch: number, count: number): Stretch[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= batch)) {
    throw new InputError(`accumulate is ${count}; expected 1 to ${batch}, the images of a step`);
  }
  const size = Math.ceil(batch / count);
  return Array.from({ length: Math.ceil(batch / size) }, (_, at) => ({
    from: at * size,
    to: Math.min((at + 1) * size, batch),
  }));
}

/** Adds up gradients of micro-batches. */
export interface Accumulator {
  /** Receives the gradient of a micro-batch. */
  readonly part: Vector;
  /** Queues `grad += share part`; the first one of a batch begins a new sum. */
  add(grad: Vector, share: number, first: boolean): Promise<unknown>;
}

/** An accumulator of gradients of `length` numbers. */
export async function openAccumulator(engine: Engine, length: number): Promise<Accumulator> {
  const graph = new Graph();
  const part = mul(scalar(graph, "share"), read(graph, "part", [length]));
  const rest = sub(constant(graph, 1), scalar(graph, "first"));
  // Not a product with 0: what an earlier net left in the vector need not be finite.
  const before = select(rest, read(graph, "grad", [length]), constant(graph, 0));
  write("grad", add(before, part));
  const program = await engine.compile(graph);
  const vector = engine.vector(length);
  return {
    part: vector,
    add: (grad, share, first) =>
      program.run({
        vectors: { grad, part: vector },
        scalars: { share, first: first ? 1 : 0 },
      }),
  };
}
