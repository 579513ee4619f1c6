// Products of matrices by an engine, for encoders: in single precision, and many times as fast as loops on the host.

import type { Engine, Program } from "../engine/engine.js";
import { inSingle, type Matrix, type Multiply } from "../estimators/index.js";
import { Graph, input, matmul } from "../graph/index.js";

/**
 * a b^T by an engine. A program is made for each pair of shapes, and kept.
 *
 * @example
 * import { matrixOf } from "convoynet/estimators";
 * const engine = await createEngine({ engine: "reference" });
 * const { data } = await productsBy(engine)(matrixOf([[1, 2]]), matrixOf([[3, 4], [5, 6]]));
 * [...data]; // [11, 17]
 * await engine.close();
 */
export function productsBy(engine: Engine): Multiply {
  const programs = new Map<string, Promise<Program>>();
  const programOf = (a: Matrix, b: Matrix) => {
    const key = [a.rows, b.rows, a.columns].join();
    const found = programs.get(key);
    if (found) return found;
    const graph = new Graph();
    const [x, y] = [a, b].map(({ rows, columns }, at) => input(graph, "ab"[at], [rows, columns]));
    graph.output("product", matmul(x, y, { transposeB: true }));
    const made = engine.compile(graph);
    programs.set(key, made);
    return made;
  };
  return async (a, b) => {
    const program = await programOf(a, b);
    const { product } = await program.run({ inputs: { a: inSingle(a), b: inSingle(b) } });
    return { data: product as Float32Array, rows: a.rows, columns: b.rows };
  };
}
