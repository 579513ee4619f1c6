// Bytes a second between this machine's processor and its memory.

import { createEngine } from "../engine/index.js";
import { add, Graph, read, write } from "../graph/index.js";
import { quantile } from "./measure.js";

/** Numbers of each vector: far more than caches hold. */
const LENGTH = 2 ** 25;
const REPEATS = 7;

/**
 * Bytes a second that the engine reads and writes in the sum of two long vectors, on so many threads: the fastest of a
 * few runs. Bytes that the processor fetches before it overwrites them are not counted.
 */
export async function measureBandwidth(threads: number): Promise<number> {
  const engine = await createEngine({ engine: "native", threads });
  const graph = new Graph();
  write("sum", add(read(graph, "a", [LENGTH]), read(graph, "b", [LENGTH])));
  const program = await engine.compile(graph);
  const [a, b, sum] = ["a", "b", "sum"].map(() => engine.vector(LENGTH));
  const seconds: number[] = [];
  for (let at = 0; at <= REPEATS; at++) {
    const start = performance.now();
    await program.run({ vectors: { a, b, sum } });
    // The first run meets memory that the system has yet to give.
    if (at > 0) seconds.push((performance.now() - start) / 1000);
  }
  await engine.close();
  return (3 * 4 * LENGTH) / quantile(seconds, 0);
}
