// What this machine can do at most, to compare a net's rate with: arithmetic alone, and the best matrix product.

import { createEngine } from "../engine/index.js";
import { loadAddon, NativeUnavailable } from "../engine/native/index.js";
import { Graph, matmul, read, write } from "../graph/index.js";
import { quantile } from "./measure.js";

/** Floating-point operations a second, a multiply-add counting two. */
export interface Peak {
  /** Multiply-adds in the registers of one core. */
  readonly multiplyAdds: number;
  /** The best matrix product of the engine's library, with each number of threads. */
  readonly matmul: Readonly<Record<number, number>>;
}

/** Rows and columns of the square matrices that are tried. */
const SIZES = [512, 1024];
const REPEATS = 9;

async function matmulRate(threads: number): Promise<number> {
  const engine = await createEngine({ engine: "native", threads });
  let fastest = 0;
  for (const size of SIZES) {
    const graph = new Graph();
    const square = (name: string) => read(graph, name, [size, size]);
    write("product", matmul(square("a"), square("b")));
    const program = await engine.compile(graph);
    const [a, b, product] = ["a", "b", "product"].map(() => engine.vector(size * size));
    const noise = Float32Array.from({ length: size * size }, (_, at) => Math.sin(at));
    await Promise.all([a.write(noise), b.write(noise)]);
    const seconds: number[] = [];
    for (let at = 0; at < REPEATS; at++) {
      const start = performance.now();
      await program.run({ vectors: { a, b, product } });
      seconds.push((performance.now() - start) / 1000);
    }
    fastest = Math.max(fastest, program.flops / quantile(seconds, 0));
  }
  await engine.close();
  return fastest;
}

/** Measures the machine, which takes a few seconds; undefined without the native engine. */
export async function measurePeak(threads: readonly number[]): Promise<Peak | undefined> {
  try {
    const multiplyAdds = loadAddon().multiplyAddRate();
    const matmul: Record<number, number> = {};
    for (const count of threads) matmul[count] = await matmulRate(count);
    return { multiplyAdds, matmul };
  } catch (error) {
    if (error instanceof NativeUnavailable) return undefined;
    throw error;
  }
}
