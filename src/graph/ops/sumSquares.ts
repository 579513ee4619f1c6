// The squared Euclidean norm of a value, in one pass over memory and in double precision.

import { apply, type Op, type Value } from "../graph.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";

export const sumSquaresOp: Op<Record<string, never>> = {
  name: "sumSquares",
  infer: ([{ dtype }]) => {
    if (dtype !== "f32") throw new RangeError(`sumSquares: expected f32, found ${dtype}`);
    return [{ dtype: "f32", shape: [1] }];
  },
  gradient: ({ inputs: [x] }, [dy]) => [mul(mul(constant(x.graph, 2), dy!), x)],
};

/**
 * The sum of the squares of all elements, [1].
 *
 * @example
 * sumSquares(input(new Graph(), "x", [8, 16, 32, 32])).shape; // [1]
 */
export const sumSquares = (x: Value): Value => apply(sumSquaresOp, [x], {});
