// Metrics of points: how many were found, and how many of them lie where one is.

import type { PointLabels, Size } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { CountErrors } from "../counting/countErrors.js";
import { DOTS } from "../counting/dots.js";
import type {
  ConstantAnswer,
  Constants,
  MetricInfo,
  Metrics,
  MetricValues,
  OutputReport,
} from "../task.js";
import { blobCentres, type Centre } from "./centres.js";

/** A found point is right within so many pixels of the net's images. */
const RADIUS = 8;

const share = { better: "higher", unit: "share" } as const;

export const pointMetrics: readonly MetricInfo[] = [
  {
    name: "f1",
    ...share,
    description: `harmonic mean of precision and recall of points within ${RADIUS} pixels, averaged over the classes`,
  },
];

/** A pixel that holds a point. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * How many points are found: the nearest pairs are taken first, each point once.
 *
 * @param radius pairs that are further apart are none
 */
export function matches(found: readonly Place[], truth: readonly Place[], radius: number): number {
  const pairs = found.flatMap((a, i) =>
    truth.map((b, j) => ({ i, j, apart: Math.hypot(a.x - b.x, a.y - b.y) })),
  );
  const near = pairs.filter(({ apart }) => apart <= radius).sort((a, b) => a.apart - b.apart);
  const [used, taken] = [new Set<number>(), new Set<number>()];
  for (const { i, j } of near) {
    if (used.has(i) || taken.has(j)) continue;
    used.add(i);
    taken.add(j);
  }
  return used.size;
}

/** The points that pixels hold [h * w]. */
function placesOf(dots: Buffer, width: number): Place[] {
  const places: Place[] = [];
  for (const [at, count] of dots.entries()) {
    const place = { x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5 };
    for (let k = 0; k < count; k++) places.push(place);
  }
  return places;
}

/** One for each found point, in its pixel [h * w]. */
function counted(centres: readonly Centre[], { height, width }: Size): Float32Array {
  const pixels = new Float32Array(height * width);
  for (const { x, y } of centres) pixels[Math.floor(y) * width + Math.floor(x)]++;
  return pixels;
}

/** Sums over an evaluation. */
export class PointMetrics implements Metrics {
  private readonly errors: CountErrors;
  private readonly sums: { right: number; found: number; truth: number }[];

  constructor(
    { classes }: PointLabels,
    private readonly size: Size,
    constants: Constants = {},
  ) {
    this.errors = new CountErrors(classes, constants);
    this.sums = classes.map(() => ({ right: 0, found: 0, truth: 0 }));
  }

  add(
    output: Float32Array,
    indices: Int32Array,
    { [DOTS]: dots }: Readonly<Record<string, Buffer>>,
  ): void {
    const pixels = this.size.height * this.size.width;
    const each = pixels * this.sums.length;
    for (let at = 0; at < indices.length; at++) {
      const found = new Float32Array(each);
      for (const [own, sum] of this.sums.entries()) {
        const first = at * each + own * pixels;
        const centres = blobCentres(output.subarray(first, first + pixels), this.size);
        const places = placesOf(dots.subarray(first, first + pixels), this.size.width);
        found.set(counted(centres, this.size), own * pixels);
        sum.right += matches(centres, places, RADIUS);
        sum.found += centres.length;
        sum.truth += places.length;
      }
      this.errors.add(found, dots.subarray(at * each, (at + 1) * each), this.size);
    }
  }

  private shares() {
    return this.sums.map(({ right, found, truth }) => ({
      ...{ precision: right / found, recall: right / truth },
      f1: (2 * right) / (found + truth),
    }));
  }

  values(): MetricValues {
    const told = this.shares().filter(({ f1 }) => !Number.isNaN(f1));
    const f1 = told.reduce((sum, one) => sum + one.f1, 0) / told.length;
    return { ...this.errors.values(), f1 };
  }

  get constant(): ConstantAnswer | undefined {
    return this.errors.constant;
  }

  outputs(): OutputReport[] {
    const shares = this.shares();
    return this.errors.outputs().map((report, at) => ({ ...report, ...shares[at] }));
  }
}
