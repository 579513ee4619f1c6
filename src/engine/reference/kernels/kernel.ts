// What a kernel of the reference engine is.

import type { Attrs, Node } from "../../../graph/graph.js";
import type { OpName } from "../../../graph/ops/index.js";
import type { RandomKey } from "../../../tensor/philox.js";

/** What one run binds, as plain numbers. Vectors are changed in place by `write`. */
export interface Bindings64 {
  readonly vectors?: Readonly<Record<string, Float64Array>>;
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>;
  readonly scalars?: Readonly<Record<string, number>>;
  readonly key?: RandomKey;
}

/**
 * Computes the outputs of one node. Inputs must not be changed; an output may be an input itself.
 * The method form lets a table hold kernels whose attributes are typed more narrowly.
 */
export type Kernel<A extends Attrs = Attrs> = {
  run(inputs: readonly Float64Array[], node: Node<A>, bindings: Bindings64): Float64Array[];
}["run"];

/** A kernel for every primitive: the compiler lists those that are missing. */
export type Kernels = { readonly [P in OpName]: Kernel };
