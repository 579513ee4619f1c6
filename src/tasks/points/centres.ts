// Blobs as points.

import type { Size } from "../../data/index.js";
import { findBlobs } from "../../data/index.js";
import { isBlob } from "./lcfcn.js";

/** The centre of a blob, in pixels as COCO has them. */
export interface Centre {
  readonly x: number;
  readonly y: number;
  /** The largest probability of its pixels. */
  readonly confidence: number;
}

/**
 * The centre of each blob of a map of logits, in the order of their first pixels.
 *
 * @param logits [h * w]
 */
export function blobCentres(logits: Float32Array, size: Size): Centre[] {
  const { of, count } = findBlobs(size, (at) => isBlob(logits[at]));
  const sums = Array.from({ length: count }, () => ({ x: 0, y: 0, pixels: 0, most: 0 }));
  for (const [at, blob] of of.entries()) {
    if (blob === 0) continue;
    const sum = sums[blob - 1];
    sum.x += (at % size.width) + 0.5;
    sum.y += Math.floor(at / size.width) + 0.5;
    sum.pixels++;
    sum.most = Math.max(sum.most, logits[at]);
  }
  return sums.map(({ x, y, pixels, most }) => ({
    ...{ x: x / pixels, y: y / pixels },
    confidence: 1 / (1 + Math.exp(-most)),
  }));
}
