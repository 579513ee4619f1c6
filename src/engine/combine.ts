// Vector algebra of training methods: sums of vectors, each one fused pass.

import { add, Graph, mul, read, scalar, type Value, write } from "../graph/index.js";
import type { Engine, Program, Vector } from "./engine.js";

/** A vector times a number. */
export interface WeightedVector {
  readonly vector: Vector;
  readonly weight: number;
}

const TARGET = "target";

/** The graph of `target = sum of weight_k * v_k` over `length` elements. */
export function sumGraph(terms: number, length: number): Graph {
  const graph = new Graph();
  const products: Value[] = Array.from({ length: terms }, (_, at) =>
    mul(read(graph, `v${at}`, [length]), scalar(graph, `s${at}`)),
  );
  write(TARGET, products.reduce(add));
  return graph;
}

/** Sums of vectors of one length on one engine; compiled once for each number of terms. */
export class Combiner {
  private readonly programs = new Map<number, Promise<Program>>();

  constructor(
    private readonly engine: Engine,
    private readonly length: number,
  ) {}

  /** Stores the sum in the first `length` elements of `target`, which may be one of the vectors. */
  async sum(target: Vector, terms: readonly WeightedVector[]): Promise<void> {
    const program = await this.program(terms.length);
    const vectors = Object.fromEntries(terms.map(({ vector }, at) => [`v${at}`, vector]));
    const scalars = Object.fromEntries(terms.map(({ weight }, at) => [`s${at}`, weight]));
    await program.run({ vectors: { ...vectors, [TARGET]: target }, scalars });
  }

  /** Stores a copy of the first `length` elements, bit for bit. */
  copy(target: Vector, source: Vector): Promise<void> {
    return this.sum(target, [{ vector: source, weight: 1 }]);
  }

  private program(terms: number): Promise<Program> {
    const known = this.programs.get(terms);
    if (known) return known;
    const made = this.engine.compile(sumGraph(terms, this.length));
    this.programs.set(terms, made);
    return made;
  }
}
