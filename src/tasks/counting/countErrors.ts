// Errors of counts: of whole images, and of the cells of a grid, so that one too many here does not make up for one too
// few there (GAME, Guerrero-Gomez-Olmedo et al. 2015, "Extremely overlapping vehicle counting", IbPRIA).

import { columnMeans, countsPerImage, type PointLabels, type Size } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import type { ConstantAnswer, Constants, MetricInfo, MetricValues, OutputReport } from "../task.js";

const error = { better: "lower", unit: "number" } as const;

/** Grids of GAME: 2^level cells along each side. */
const LEVELS = [1, 2, 3];

export const countMetrics: readonly MetricInfo[] = [
  {
    name: "mae",
    ...error,
    description: "mean absolute error of an image's count, averaged over the classes",
  },
  {
    name: "rmse",
    ...error,
    description: "root of the mean squared error, averaged over the classes",
  },
  ...LEVELS.map((level) => ({
    ...{ name: `game${level}`, ...error },
    description: `sum of the absolute errors of ${4 ** level} cells of an image, averaged over images and classes`,
  })),
];

/** Numbers of points per cell: sums of the numbers of its pixels. Cells that do not divide the image end at whole pixels. */
function cellSums(pixels: ArrayLike<number>, { height, width }: Size, level: number): Float64Array {
  const side = 2 ** level;
  const sums = new Float64Array(side * side);
  // The remainder belongs to the last row and column.
  const [down, across] = [height, width].map((size) => Math.max(1, Math.floor(size / side)));
  for (let y = 0, at = 0; y < height; y++) {
    const row = side * Math.min(side - 1, Math.floor(y / down));
    for (let x = 0; x < width; x++, at++) {
      sums[row + Math.min(side - 1, Math.floor(x / across))] += pixels[at];
    }
  }
  return sums;
}

/** Mean counts of the training images, a class each, which a decoder has no use for: a constant answer to be better than. */
export const meanCounts = (labels: PointLabels): Constants => ({
  mean: columnMeans(countsPerImage(labels)),
});

/** Sums of one class. */
interface Sums {
  support: number;
  absolute: number;
  squared: number;
  signed: number;
  /** Absolute distances of the truths to the mean count of the training images. */
  away: number;
  /** Of the cells of each level. */
  readonly cells: number[];
}

/** Errors of counts over an evaluation, class by class. */
export class CountErrors {
  private images = 0;
  private readonly sums: readonly Sums[];

  /**
   * @param constants of {@link meanCounts}; weights of older runs have none
   */
  constructor(
    private readonly classes: readonly string[],
    private readonly constants: Constants = {},
  ) {
    const none = { support: 0, absolute: 0, squared: 0, signed: 0, away: 0 };
    this.sums = classes.map(() => ({ ...none, cells: LEVELS.map(() => 0) }));
  }

  /**
   * Adds an image.
   *
   * @param found what was counted in each pixel [classes, h, w]; its sum is the count
   * @param truth points of each pixel, likewise
   */
  add(found: Buffer, truth: Buffer, size: Size): void {
    const pixels = size.height * size.width;
    this.images++;
    for (const [own, sums] of this.sums.entries()) {
      const [mine, theirs] = [found, truth].map((all) =>
        all.subarray(own * pixels, (own + 1) * pixels),
      );
      const [[count], [points]] = [cellSums(mine, size, 0), cellSums(theirs, size, 0)];
      const away = count - points;
      sums.support += points;
      sums.absolute += Math.abs(away);
      sums.squared += away * away;
      sums.signed += away;
      sums.away += Math.abs(points - (this.constants.mean?.[own] ?? Number.NaN));
      for (const [at, level] of LEVELS.entries()) {
        const [a, b] = [cellSums(mine, size, level), cellSums(theirs, size, level)];
        sums.cells[at] += a.reduce((sum, value, cell) => sum + Math.abs(value - b[cell]), 0);
      }
    }
  }

  private mean(of: (sums: Sums) => number): number {
    return this.sums.reduce((sum, one) => sum + of(one), 0) / this.sums.length;
  }

  values(): MetricValues {
    const { images } = this;
    return {
      mae: this.mean(({ absolute }) => absolute / images),
      rmse: this.mean(({ squared }) => Math.sqrt(squared / images)),
      ...Object.fromEntries(
        LEVELS.map((level, at) => [`game${level}`, this.mean(({ cells }) => cells[at] / images)]),
      ),
    };
  }

  /** What always saying the mean count of the training images would score. */
  get constant(): ConstantAnswer | undefined {
    if (!this.constants.mean) return undefined;
    const value = this.mean(({ away }) => away / this.images);
    return { metric: "mae", value, says: "the mean count of the training images" };
  }

  outputs(): OutputReport[] {
    return this.sums.map(({ support, absolute, squared, signed }, at) => ({
      ...{ name: this.classes[at], support, mae: absolute / this.images },
      ...{ rmse: Math.sqrt(squared / this.images), bias: signed / this.images },
    }));
  }
}
