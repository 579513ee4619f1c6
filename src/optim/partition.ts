// A net in parts, so that several particles each keep the optimizer's state of one part only (ZeRO, stage 1:
// Rajbhandari, Rasley, Ruwase and He 2019, arXiv 1910.02054).

import type { Graph, ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Optimizer } from "./optimizer.js";
import { type Slice, sliceOf, wholeOf } from "./slice.js";
import { updateGraph } from "./update.js";

/** Where a net may be cut: nowhere inside of what the rule takes the norm of; `undefined` for anywhere. */
function bordersOf({ nodes }: Graph): readonly number[] | undefined {
  const norms = nodes.filter(({ op }) => op.name === "segmentExpand");
  const [first, ...others] = norms.map(({ attrs }) => attrs["offsets"] as readonly number[]);
  return first?.filter((border) => others.every((offsets) => offsets.includes(border)));
}

/**
 * A net in `count` parts, as even as an optimizer's rule allows; some are empty where there are too few layers.
 *
 * @throws InputError for an optimizer whose state is not one number for each weight.
 * @example
 * const { layout } = build(linear(2), [1, 7], { training: true });
 * slicesOf(getRule("adam"), layout, 2).map(({ layout }) => layout.trainable); // [8, 8]
 * slicesOf(getRule("lamb"), layout, 2).map(({ layout }) => layout.trainable); // [14, 2]
 */
export function slicesOf(optimizer: Optimizer, net: ParamLayout, count: number): Slice[] {
  if (!("rule" in optimizer)) {
    throw new InputError(
      `${optimizer.name} has steps of its own, and its state is not a number for each weight: ` +
        "it cannot be had in parts",
    );
  }
  const borders = bordersOf(updateGraph(optimizer, wholeOf(net)));
  const nearest = (at: number) =>
    borders?.reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a)) ?? Math.round(at);
  const cuts = Array.from({ length: count + 1 }, (_, k) => nearest((k * net.trainable) / count));
  return cuts.slice(1).map((to, k) => sliceOf(net, cuts[k], to));
}
