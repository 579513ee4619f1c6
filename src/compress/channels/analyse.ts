// Which places of which parameters and values of a net are one channel, found by going through its graph once.

import { type Node, type Value, WEIGHTS } from "../../graph/index.js";
import type { Net } from "../../nn/index.js";
import { Ids } from "./ids.js";
import { type Marks, ruleOf } from "./rules.js";

/** What is known of the channels of a net. */
export interface Channels {
  readonly ids: Ids;
  readonly marks: ReadonlyMap<Value, Marks>;
  /** By the names of parameters. */
  readonly params: ReadonlyMap<string, Marks>;
  /** Ids of places of parameters along which sums are taken: inputs of a convolution or of a linear layer. */
  readonly summed: ReadonlySet<number>;
  /** Ids of places of parameters that each make a channel: outputs of these. */
  readonly made: ReadonlySet<number>;
}

const isOfNet = ({ attrs }: Node) => attrs["vector"] === WEIGHTS;

/**
 * The channels of a net, for training or not, before or behind `compact`. What comes out of the net stays.
 *
 * @param part whether the net is a part of another, in which what comes out is a channel as any other
 */
export function analyse({ graph, layout, output }: Net, part = false): Channels {
  const ids = new Ids();
  const notes = { ids, summed: new Set<number>(), made: new Set<number>() };
  const byOffset = new Map<number, Marks>();
  const params = new Map<string, Marks>();
  for (const { name, shape, offset } of layout.params) {
    const marks = shape.map((size) => (size > 1 ? ids.fresh(size) : undefined));
    params.set(name, marks);
    byOffset.set(offset, marks);
  }
  const marks = new Map<Value, Marks>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => marks.get(value)!);
    const own = isOfNet(node) ? byOffset.get(node.attrs["offset"] as number) : undefined;
    if (node.op.name === "write" && own) {
      for (const [axis, places] of own.entries()) {
        const written = inputs[0][axis];
        if (places && written) ids.joinEach(places, written);
        else if (places) ids.keep(places);
      }
      continue;
    }
    const found = node.op.name === "read" && own ? [own] : ruleOf(node)(node, inputs, notes);
    for (const [at, value] of node.outputs.entries()) marks.set(value, found[at]);
  }
  for (const places of marks.get(output)!) if (places && !part) ids.keep(places);
  return { ...notes, marks, params };
}
