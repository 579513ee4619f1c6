// For tests: plans of batches, to see what a task makes of them.

import type { TargetMaker } from "../../src/data/index.js";
import { type Affine, type BatchPlan, identity, Sample, type Size } from "../../src/data/index.js";
import type { Buffer } from "../../src/engine/engine.js";
import { sizeOf } from "../../src/tensor/shape.js";

/** One place of a batch: an image, perhaps mixed with that of another place, seen through a map. */
export interface Place {
  readonly image: number;
  /** Place to mix with, and the own image's share. */
  readonly mix?: readonly [partner: number, weight: number];
  readonly map?: Affine;
  /** Of the stored image; default that of the batch's images. */
  readonly size?: Size;
}

/** A plan of places for images of a size. */
export function planOf(places: readonly Place[], to: Size = { height: 1, width: 1 }): BatchPlan {
  const samples = places.map(({ mix }) =>
    Object.assign(new Sample(() => identity), mix && { partner: mix[0], weight: mix[1] }),
  );
  return {
    indices: Int32Array.from(
      places.flatMap(({ image, mix }) => [image, mix ? places[mix[0]].image : -1]),
    ),
    samples,
    sizes: places.map(({ size = to }) => size),
    maps: places.map(({ map = identity }) => map),
    to,
  };
}

/** What a maker fills for a plan, over numbers that were there before. */
export function fill(maker: TargetMaker, plan: BatchPlan): Record<string, Buffer> {
  const filled = Object.entries(maker.inputs).map(([name, { dtype, shape }]) => {
    const length = plan.samples.length * sizeOf(shape);
    return [
      name,
      dtype === "i32" ? new Int32Array(length).fill(7) : new Float32Array(length).fill(7),
    ];
  });
  const into = Object.fromEntries(filled) as Record<string, Buffer>;
  maker.fill(plan, into);
  return into;
}
