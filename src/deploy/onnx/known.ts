// What is known of a net's values once its parameters are: whatever is made of them alone becomes an initialiser.

import { interpret } from "../../engine/reference/interpret.js";
import { type Graph, type Node, type ParamLayout, type Value, WEIGHTS } from "../../graph/index.js";
import { constantNodes, liveNodes, nodesOfVectors, rewrite } from "../../graph/rewrite.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Known } from "./emission.js";

/** A net to be written. */
export interface Written {
  readonly graph: Graph;
  readonly layout: ParamLayout;
  readonly output: Value;
}

/** The read that a value is, in whatever shape. */
function readOf(value: Value): Node | undefined {
  const { op, inputs } = value.node;
  if (op.name === "reshape") return readOf(inputs[0]);
  return op.name === "read" ? value.node : undefined;
}

/** Known values of a net with parameters `w`. */
export class KnownValues {
  private readonly fixed: ReadonlySet<Node>;
  private readonly values = new Map<Value, Known>();
  private worked?: Record<string, Float64Array>;

  constructor(
    private readonly net: Written,
    private readonly w: Float32Array,
  ) {
    const { graph, output } = net;
    const constants = [...constantNodes(graph)].filter(({ inputs }) => inputs.length > 0);
    this.fixed = new Set([...nodesOfVectors(graph, [WEIGHTS]), ...constants]);
    for (const user of liveNodes(graph, [output])) {
      if (this.fixed.has(user)) continue;
      for (const [at, value] of user.inputs.entries()) {
        if (this.fixed.has(value.node) && !this.values.has(value)) this.add(value, user, at);
      }
    }
  }

  /** Whether a node is made of parameters and constants alone. */
  has(node: Node): boolean {
    return this.fixed.has(node);
  }

  of(value: Value): Known | undefined {
    return this.values.get(value);
  }

  /** The parameter that a value is made of in the first place. */
  private source({ node }: Value): string {
    const first = node.inputs.find((input) => this.fixed.has(input.node));
    if (first) return this.source(first);
    const offset = node.attrs["offset"];
    return this.net.layout.params.find((param) => param.offset === offset)?.name ?? "constant";
  }

  private add(value: Value, user: Node, at: number): void {
    const { dtype, shape } = value;
    const isBias = at === 2 && ["conv2d", "matmul", "integerConv2d"].includes(user.op.name);
    const layer = this.source(isBias ? user.inputs[1] : value).split(".");
    const name = isBias ? [...layer.slice(0, -1), "bias"].join(".") : layer.join(".");
    const type = dtype as Known["type"];
    this.values.set(value, { name, type, shape, data: () => this.numbers(value) });
  }

  private numbers(value: Value): ArrayLike<number> {
    const read = readOf(value);
    if (read) {
      const offset = read.attrs["offset"] as number;
      return this.w.subarray(offset, offset + sizeOf(value.shape));
    }
    this.worked ??= this.work();
    return this.worked[String(value)];
  }

  /** The numbers of all that is more than a read, which the reference engine works out in double precision. */
  private work(): Record<string, Float64Array> {
    const made = [...this.values.keys()].filter((value) => !readOf(value));
    const free = constantNodes(this.net.graph);
    const { graph, image } = rewrite(
      this.net.graph,
      (node) => (this.fixed.has(node) || free.has(node) ? undefined : []),
      made,
    );
    for (const value of made) graph.output(String(value), image(value));
    return interpret(graph, { vectors: { [WEIGHTS]: Float64Array.from(this.w) } });
  }
}
