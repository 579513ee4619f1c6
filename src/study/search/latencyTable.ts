// How long nets take, by the sum of their layers, each measured once (Cai, Zhu and Han 2019, "ProxylessNAS", arXiv
// 1812.00332; Cai et al. 2020, "Once-for-all", arXiv 1908.09791). The table is kept, so that a search that goes on prices nets
// as it did before.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { readJson } from "../../files/json.js";
import type { Node } from "../../graph/index.js";
import type { Model } from "../../models/index.js";
import {
  batchNorm,
  build,
  conv2d,
  flatten,
  type Layer,
  linear,
  relu,
  sequential,
} from "../../nn/index.js";
import { latencyOf } from "./latency.js";

/** The file, in the folder of a study. */
export const LATENCIES = "latency.json";

const schema = z.strictObject({
  /** Milliseconds by layers, as {@link TimedLayer.key} writes them. */
  layers: z.record(z.string(), z.number().min(0)),
});

/** A layer that multiplies, as it is measured: on one image, with what follows it. */
export interface TimedLayer {
  readonly key: string;
  readonly input: Model["input"];
  readonly layer: Layer;
}

/** Layers of a net that the table lacks. */
export class Unmeasured extends Error {
  override readonly name = "Unmeasured";

  constructor(readonly layers: readonly TimedLayer[]) {
    super("layers have not been measured");
  }
}

type Numbers = readonly [number, number];

/** The layer of a node that multiplies. */
function timed({ op, attrs, inputs: [x, weight], outputs: [y] }: Node): TimedLayer {
  const [, channels, height = 1, width = 1] = x.shape;
  if (op.name !== "conv2d") {
    const [, outputs] = y.shape;
    const key = `linear ${channels} to ${outputs}`;
    return { key, input: [channels, 1, 1], layer: sequential(flatten(), linear(outputs)) };
  }
  const [out, perGroup, kh, kw] = weight.shape;
  const { strides, dilation } = attrs as { strides: Numbers; dilation: Numbers };
  const groups = channels / perGroup;
  const key = `conv ${channels}x${height}x${width} to ${out}, ${kh}x${kw}, strides ${strides[0]}, groups ${groups}`;
  const layer = conv2d(out, [kh, kw], {
    ...{ strides, dilation, groups, bias: false },
    padding: [(kh - 1) >> 1, (kw - 1) >> 1],
  });
  return { key, input: [channels, height, width], layer: sequential(layer, batchNorm(), relu()) };
}

/** Latencies of layers. */
export class LatencyTable {
  private path: string | undefined;

  constructor(private readonly known: Map<string, number>) {}

  /**
   * Milliseconds of a net.
   *
   * @throws Unmeasured with the layers that {@link measure} has to see first.
   */
  of({ layer, input }: Model): number {
    const { graph } = build(layer, [1, ...input], { training: false });
    const layers = graph.nodes.filter(({ op }) => op.loops).map(timed);
    const missing = layers.filter(({ key }) => !this.known.has(key));
    if (missing.length > 0) throw new Unmeasured(missing);
    return layers.reduce((sum, { key }) => sum + this.known.get(key)!, 0);
  }

  /** What `ask` gives, when all layers that it needs have been measured. */
  async with<T>(ask: () => T, engine?: string): Promise<T> {
    for (;;) {
      try {
        return ask();
      } catch (error) {
        if (!(error instanceof Unmeasured)) throw error;
        await this.measure(error.layers, engine);
      }
    }
  }

  private async measure(layers: readonly TimedLayer[], engine?: string): Promise<void> {
    for (const { key, input, layer } of layers) {
      if (this.known.has(key)) continue;
      const about = { name: key, source: "", outputs: 1, input, layer };
      this.known.set(key, await latencyOf(about, engine));
    }
    await this.save();
  }

  /** Keeps the table in the folder of a study, now and whenever it grows. */
  async keep(out: string): Promise<void> {
    this.path = join(out, LATENCIES);
    await this.save();
  }

  private async save(): Promise<void> {
    if (this.path === undefined || this.known.size === 0) return;
    const layers = Object.fromEntries([...this.known].sort(([a], [b]) => (a < b ? -1 : 1)));
    await writeFileAtomic(this.path, `${JSON.stringify({ layers }, undefined, 2)}\n`);
  }
}

/** A table of which nothing is known yet. */
export const noLatencies = (): LatencyTable => new LatencyTable(new Map());

/**
 * The table in the folder of a study; else that of a file; else an empty one.
 *
 * @throws InputError for a file that is not there, or no table.
 */
export async function openTable(out: string, file?: string): Promise<LatencyTable> {
  const own = join(out, LATENCIES);
  const path = existsSync(own) ? own : file;
  if (path === undefined) return noLatencies();
  const { layers } = await readJson(path, schema);
  return new LatencyTable(new Map(Object.entries(layers)));
}
