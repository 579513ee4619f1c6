// A net with other values in front of some of its nodes.

import type { Graph, Node, Value } from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import type { Net } from "../nn/index.js";

/** What some nodes take in place of a value. */
export interface Insertion {
  readonly value: Value;
  readonly users: ReadonlySet<Node>;
  /**
   * Made once, for all of them.
   *
   * @param x the value, in the new graph
   * @param param a parameter of the net by name, in the new graph
   */
  readonly make: (x: Value, param: (name: string) => Value) => Value;
}

/** Copies a net with these insertions. */
export function insert(net: Net, insertions: readonly Insertion[]): Net {
  const made = new Map<Insertion, Value>();
  const { graph, image } = rewrite(
    net.graph,
    (node, inputs, target, imageOf) => {
      const own = insertions.filter(({ users }) => users.has(node));
      if (own.length === 0) return undefined;
      const param = (name: string) => imageOf(net.params.get(name)!);
      const operand = (value: Value, at: number): Value => {
        const insertion = own.find((one) => one.value === node.inputs[at]);
        if (!insertion) return value;
        const known = made.get(insertion) ?? insertion.make(value, param);
        made.set(insertion, known);
        return known;
      };
      return applied(node, inputs.map(operand), target);
    },
    [net.output, ...net.params.values()],
  );
  const params = [...net.params].map(([name, value]) => [name, image(value)] as const);
  return { ...net, graph, params: new Map(params), output: image(net.output) };
}

const applied = ({ op, attrs }: Node, inputs: readonly Value[], target: Graph) =>
  target.apply(op, inputs, attrs);
