// How much of a net its gates are expected to leave: the L0 norm that training makes small (Louizos, Welling and Kingma 2018,
// arXiv 1712.01312).

import { add, constant, mul, reduceSum, type Value } from "../../graph/index.js";
import type { Net } from "../../nn/index.js";
import { openChances } from "./hardConcrete.js";
import type { GateGroup } from "./places.js";

/**
 * The expected share [] of a net's numbers that is left, where those of a channel go when its gate is 0; what is no channel's
 * is not counted.
 *
 * @param net with these gates
 */
export function expectedShare({ graph, params }: Net, groups: readonly GateGroup[]): Value {
  const all = groups.reduce((sum, { size }) => sum + size, 0);
  return groups
    .map(({ name, channels, size }) => {
      const open = reduceSum(openChances(params.get(name)!));
      return mul(open, constant(graph, size / channels / all));
    })
    .reduce(add);
}
