// Which centre is nearest to each of many points, by an engine: products of blocks, of which only the winners come back.

import type { Engine, Program } from "../../engine/engine.js";
import { type Assign, inSingle, squaredLengths } from "../../estimators/index.js";
import { constant, Graph, input, matmul, mul, reduceMax, step, sub } from "../../graph/index.js";

/** Points of a block: large enough for products, small enough for caches. */
const BLOCK = 2048;

/** The graph of a block: `label` and `best`, the product with the nearest centre less half its squared length. */
function blockGraph(points: number, centres: number, columns: number): Graph {
  const graph = new Graph();
  const products = matmul(
    input(graph, "points", [points, columns]),
    input(graph, "centres", [centres, columns]),
    { transposeB: true, bias: input(graph, "offsets", [centres]) },
  );
  const best = reduceMax(products, [1], true);
  const wins = sub(constant(graph, 1), step(sub(best, products)));
  // Of equal ones the first has the largest of these numbers, which fall from the count of centres to 1.
  const first = reduceMax(mul(wins, input(graph, "falling", [1, centres])), [1], true);
  graph.output("first", first);
  graph.output("best", best);
  return graph;
}

/** Finds nearest centres of f32 points on an engine; programs are compiled once for a number of centres. */
export function engineAssign(engine: Engine): Assign {
  const programs = new Map<string, Promise<Program>>();
  const programOf = (points: number, centres: number, columns: number) => {
    const key = [points, centres, columns].join();
    let program = programs.get(key);
    if (!program) {
      program = engine.compile(blockGraph(points, centres, columns));
      programs.set(key, program);
    }
    return program;
  };
  return async (points, centres) => {
    const { rows, columns } = points;
    const all = inSingle(points);
    const falling = Float32Array.from({ length: centres.rows }, (_, at) => centres.rows - at);
    const offsets = Float32Array.from(squaredLengths(centres), (square) => -square / 2);
    const shared = { centres: inSingle(centres), offsets, falling };
    const lengths = squaredLengths(points);
    const labels = new Int32Array(rows);
    const distances = new Float32Array(rows);
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(from + BLOCK, rows);
      const program = await programOf(to - from, centres.rows, columns);
      const block = all.subarray(from * columns, to * columns);
      const { first, best } = await program.run({ inputs: { ...shared, points: block } });
      for (let row = from; row < to; row++) {
        labels[row] = centres.rows - first[row - from];
        distances[row] = Math.max(0, lengths[row] - 2 * best[row - from]);
      }
    }
    return { labels, distances };
  };
}
