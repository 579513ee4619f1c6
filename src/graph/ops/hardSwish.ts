// Hard swish, x * relu6(x + 3) / 6 (MobileNetV3, 2019, arXiv 1905.02244).

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { add } from "./add.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

export const hardSwishOp = pointwise("hardSwish", ({ inputs: [x] }, dy) => {
  const g = x.graph;
  const inside = mul(step(add(x, constant(g, 3))), step(sub(constant(g, 3), x)));
  const slope = add(mul(x, constant(g, 1 / 3)), constant(g, 0.5));
  const above = sub(constant(g, 1), step(sub(constant(g, 3), x)));
  return [mul(dy, add(mul(inside, slope), above))];
});

/** Element-wise x * min(max(x + 3, 0), 6) / 6. */
export const hardSwish = (x: Value): Value => apply(hardSwishOp, [x], {});
