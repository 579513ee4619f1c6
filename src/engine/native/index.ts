// The native engine: C++ on oneDNN. One engine is one thread that runs programs in order, each with
// as many OpenMP threads as the engine was made with.

import { fusePointwise } from "../../graph/passes/fusePointwise.js";
import { usableCores } from "../../machine.js";
import { bufferOf } from "../buffer.js";
import type { Engine, Reductions, Vector } from "../engine.js";
import { checkGather, opened } from "../gather.js";
import { loadAddon, type NativeQueue } from "./addon.js";
import { NativeInput } from "./input.js";
import { isShared, mappedFile, sharedElements } from "./memory.js";
import { compileNative, measureNative } from "./program.js";
import { NativeVector } from "./vector.js";

export { addonPackage, loadAddon, NativeUnavailable } from "./addon.js";

function reductions(queue: NativeQueue): Reductions {
  async function bySegment(a: Vector, b: Vector, offsets: readonly number[]) {
    const [x, y] = [NativeVector.own(a).values, NativeVector.own(b).values];
    const least = Math.min(x.length, y.length);
    const ascends = (offset: number, at: number) => offset >= (offsets[at - 1] ?? 0);
    if (!offsets.every((offset, at) => ascends(offset, at) && offset <= least)) {
      throw new RangeError(`segments [${offsets}] do not ascend within vectors of ${least}`);
    }
    return queue.dots(x, y, Float64Array.from(offsets));
  }
  async function dot(a: Vector, b: Vector): Promise<number> {
    if (a.length !== b.length) {
      throw new RangeError(`dot: vectors of ${a.length} and ${b.length} elements`);
    }
    return (await bySegment(a, b, [0, a.length]))[0];
  }
  return {
    dot,
    norm: async (a) => Math.sqrt(await dot(a, a)),
    bySegment: (a, b, segments) => bySegment(a, b, segments.offsets),
  };
}

/**
 * Creates a native engine with a thread of its own.
 *
 * @param options.threads OpenMP threads of one program; default: all cores that this process may use.
 * @throws NativeUnavailable when the addon is not built or does not load.
 */
export function nativeEngine(options: { readonly threads?: number } = {}): Engine {
  const addon = loadAddon();
  const threads = options.threads ?? usableCores();
  const queue = new addon.Queue(threads);
  let closing: Promise<void> | undefined;
  const closeOnce = async () => {
    await queue.barrier();
    queue.close();
  };
  return {
    name: "native",
    threads,
    precision: "f32",
    reduce: reductions(queue),
    compile: async (graph, { optimise = true, ...options } = {}) =>
      compileNative(queue, fusePointwise(graph, optimise, options.frozen), options),
    measure: async (graph, { optimise = true, ...options } = {}) =>
      measureNative(queue, fusePointwise(graph, optimise, options.frozen), options),
    vector: (length) => new NativeVector(addon, queue, length),
    buffer: bufferOf(
      (length) => sharedElements(addon, "f32", length),
      (dtype, length) => new NativeInput(addon, queue, dtype, length),
    ),
    async gather(batch, out) {
      checkGather(batch, out);
      const { images: stored } = batch;
      const images =
        stored instanceof Uint8Array ? stored : opened(stored, () => mappedFile(addon, stored));
      const result = isShared(out) ? out : sharedElements(addon, "f32", out.length);
      await queue.gather(
        images,
        batch.channels,
        batch.sources,
        batch.samples,
        [batch.outHeight, batch.outWidth],
        Float32Array.from(batch.mean),
        Float32Array.from(batch.std),
        result,
        batch.operations ?? new Float64Array(0),
      );
      if (result !== out) out.set(result);
    },
    close: () => (closing ??= closeOnce()),
  };
}
