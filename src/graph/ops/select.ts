// Choice between two values by a mask.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";

export const selectOp = pointwise("select", ({ inputs: [mask] }, dy) => {
  const zero = constant(dy.graph, 0);
  return [undefined, select(mask, dy, zero), select(mask, zero, dy)];
});

/**
 * `a` where `mask` is not 0, else `b`. Operands broadcast; nothing flows through `mask`.
 *
 * @example
 * const graph = new Graph();
 * const [mask, a, b] = [1, 2, 3].map((value) => constant(graph, value));
 * graph.output("y", select(mask, a, b));
 * const engine = await createEngine({ engine: "reference" });
 * [...(await (await engine.compile(graph)).run({})).y]; // [2]
 */
export const select = (mask: Value, a: Value, b: Value): Value => apply(selectOp, [mask, a, b], {});
