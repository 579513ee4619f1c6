// The `segmentation` of a COCO annotation: polygons, or runs of pixels (RLE), as numbers or compressed.

import { polygonsOf, type Region } from "./regions.js";

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => typeof one === "number");

const EXPECTED =
  "expected a list of polygons [x, y, x, y, ...], or runs as { counts, size: [height, width] }";

/** Runs of { counts, size }. */
function runsOf({ counts, size }: { readonly counts?: unknown; readonly size?: unknown }): Region {
  if (!Array.isArray(size) || size.length !== 2 || !size.every(isCount)) {
    throw new Error(`runs of the size ${JSON.stringify(size)?.slice(0, 60)}; ${EXPECTED}`);
  }
  const [height, width] = size as [number, number];
  if (typeof counts === "string") return { kind: "runs", height, width, counts };
  if (!Array.isArray(counts)) throw new Error(`runs without counts; ${EXPECTED}`);
  const wrong = counts.find((count) => !isCount(count) || count > height * width);
  if (wrong === undefined) return { kind: "runs", height, width, counts: Uint32Array.from(counts) };
  throw new Error(`a run of ${JSON.stringify(wrong)?.slice(0, 60)} pixels`);
}

/** Whether a `segmentation` tells of anything. */
export const hasRegion = (segmentation: unknown): boolean =>
  Array.isArray(segmentation)
    ? segmentation.length > 0
    : segmentation !== undefined && segmentation !== null;

/**
 * The region that a `segmentation` tells of; `undefined` for one that is missing or empty.
 *
 * @throws Error, in words, for what is no such thing.
 * @example
 * regionIn([[0, 0, 4, 0, 4, 2]])?.kind; // "polygons"
 */
export function regionIn(segmentation: unknown): Region | undefined {
  const isList = Array.isArray(segmentation);
  if (!hasRegion(segmentation)) return undefined;
  if (isList && segmentation.every(areNumbers)) return polygonsOf(segmentation);
  if (!isList && typeof segmentation === "object") return runsOf(segmentation!);
  throw new Error(`${JSON.stringify(segmentation).slice(0, 60)}; ${EXPECTED}`);
}
