// Points that go the way of their images into a batch: how many lie in each pixel.

import {
  type Affine,
  mapPoints,
  POINT,
  type PointLabels,
  pointsBack,
  type Size,
} from "../../data/index.js";
import type { BatchPlan, TargetMaker } from "../../data/targets.js";
import type { Buffer } from "../../engine/engine.js";
import { InputError } from "../../inputError.js";
import type { Prediction } from "../task.js";

/** Input with the number of points of each class in each pixel, i32 [n, classes, h, w]. */
export const DOTS = "dots";

/** A point in a batch's image: the pixel that it lies in is that of its whole numbers. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly class: number;
}

/** The points of an image, as a net would say them, behind a map from the image. */
export function knownPoints(
  { of: { data, offsets }, classes }: PointLabels,
  { at }: { readonly at: number },
  map: Affine,
): Prediction {
  const own = data.subarray(offsets[at], offsets[at + 1]);
  const places = pointsBack(
    own.filter((_, k) => k % POINT < POINT - 1),
    map,
  );
  return {
    points: Array.from({ length: own.length / POINT }, (_, k) => ({
      ...{ class: classes[own[k * POINT + 2]], x: places[2 * k], y: places[2 * k + 1] },
    })),
  };
}

/** The points of an image where they are in the batch; those outside are left out. */
export function dotsOf(
  { of: { data, offsets } }: PointLabels,
  image: number,
  map: Affine,
  { height, width }: Size,
): Dot[] {
  const own = data.subarray(offsets[image], offsets[image + 1]);
  const places = own.filter((_, at) => at % POINT < POINT - 1);
  const mapped = mapPoints(places, map);
  const dots: Dot[] = [];
  for (let at = 0; at < own.length / POINT; at++) {
    // A point on the far border belongs to the last pixel.
    const [x, y] = [mapped[2 * at], mapped[2 * at + 1]].map((value, axis) =>
      value === [width, height][axis] ? value - 0.5 : value,
    );
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    if (inside) dots.push({ x, y, class: own[at * POINT + POINT - 1] });
  }
  return dots;
}

/** Calls `use` with the points of each image of a batch. */
export function eachDots(
  labels: PointLabels,
  { indices, samples, maps, to }: BatchPlan,
  use: (dots: readonly Dot[], at: number) => void,
): void {
  for (const [at, sample] of samples.entries()) {
    if (sample.partner !== undefined) {
      throw new InputError("points cannot be mixed; leave mixup out of the augmentations");
    }
    use(dotsOf(labels, indices[2 * at], maps[at], to), at);
  }
}

/** Counts points into an image's pixels [classes, h, w], which are cleared first. */
export function countInto(dots: readonly Dot[], { height, width }: Size, into: Buffer): void {
  into.fill(0);
  for (const dot of dots) {
    into[(dot.class * height + Math.floor(dot.y)) * width + Math.floor(dot.x)]++;
  }
}

/** Makes the number of points in each pixel of images of a size. */
export function dotTargets(labels: PointLabels, _: unknown, size: Size): TargetMaker {
  const shape = [labels.classes.length, size.height, size.width];
  const numbers = shape[0] * shape[1] * shape[2];
  return {
    inputs: { [DOTS]: { dtype: "i32", shape } },
    fill(plan, { [DOTS]: into }) {
      eachDots(labels, plan, (dots, at) =>
        countInto(dots, plan.to, into.subarray(at * numbers, (at + 1) * numbers)),
      );
    },
  };
}
