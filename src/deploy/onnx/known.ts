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

  /** What a value is known to be, also one that only others that are known are made of. */
  of(value: Value): Known | undefined {
    const known = this.values.get(value);
    if (known || !this.fixed.has(value.node)) return known;
    return this.known(value, this.source(value));
  }

  private known(value: Value, name: string): Known {
    const { dtype, shape } = value;
    const type = dtype as Known["type"];
    return { name, type, shape, data: () => this.numbers(value) };
  }

  /** The parameter that a value is made of in the first place. */
  private source({ node }: Value): string {
    const first = node.inputs.find((input) => this.fixed.has(input.node));
    if (first) return this.source(first);
    const offset = node.attrs["offset"];
    return this.net.layout.params.find((param) => param.offset === offset)?.name ?? "constant";
  }

  private add(value: Value, user: Node, at: number): void {
    const isBias = at === 2 && ["conv2d", "matmul", "integerConv2d"].includes(user.op.name);
    const layer = this.source(isBias ? user.inputs[1] : value).split(".");
    const name = isBias ? [...layer.slice(0, -1), "bias"].join(".") : layer.join(".");
    this.values.set(value, this.known(value, name));
  }

  private numbers(value: Value): ArrayLike<number> {
    const read = readOf(value);
    if (read) {
      const offset = read.attrs["offset"] as number;
      return this.w.subarray(offset, offset + sizeOf(value.shape));
    }
    this.worked ??= this.work([...this.values.keys()].filter((one) => !readOf(one)));
    return this.worked[String(value)] ?? this.work([value])[String(value)];
  }

  /** Numbers of what is more than a read, which the reference engine works out in double precision. */
  private work(made: readonly Value[]): Record<string, Float64Array> {
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
