// Features of images by k-means (Coates, Ng and Lee 2011, "An analysis of single-layer networks in unsupervised feature
// learning", AISTATS): centres of whitened patches; a patch says of each centre by how much it is nearer than the mean of all
// ("triangle"), and an image says the sums over its four quarters.

import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import {
  checkAsked,
  checkWhole,
  DEFAULT_RANDOM,
  type EstimatorOptions,
  withDefaults,
} from "../estimator.js";
import { type Assign, kmeans } from "../kmeans.js";
import { type Matrix, rowOf, squaredLengths } from "../matrix.js";
import { zcaEncoder } from "./components.js";
import {
  checkBetween,
  checkRows,
  deadUnits,
  type Encoder,
  type EncoderFit,
  type FitContext,
  type FittedEncoder,
  type SavedEncoder,
} from "./encoder.js";
import { cutPatch, type ImageRows, imageRows, normaliseContrast } from "./patches.js";
import { type Multiply, mapped, multiplied } from "./products.js";

const NAME = "kmeans";
const defaults = {
  ...{ centres: 100, patch: 6, stride: 1, patches: 10_000, rounds: 20, epsilon: 0.1 },
  ...{ floor: 1e-3, height: 0, width: 0, channels: 0 },
};

/** Quarters of an image. */
const QUARTERS = 4;

/** Images whose patches are worked out together. */
const TOGETHER = 16;

/** Squared distances of points to centres [points, centres], by their products. */
async function distances(points: Matrix, centres: Matrix, multiply: Multiply): Promise<Matrix> {
  const along = await multiply(points, centres);
  const [own, others] = [squaredLengths(points), squaredLengths(centres)];
  return mapped(along, (value, centre, at) =>
    Math.max(0, own[Math.floor(at / centres.rows)] - 2 * value + others[centre]),
  );
}

/** Nearest centres by products. */
const assignBy =
  (multiply: Multiply): Assign =>
  async (points, centres) => {
    const all = await distances(points, centres, multiply);
    const labels = new Int32Array(points.rows);
    const nearest = new Float64Array(points.rows).fill(Number.POSITIVE_INFINITY);
    for (let row = 0, at = 0; row < points.rows; row++) {
      for (let centre = 0; centre < centres.rows; centre++, at++) {
        if (all.data[at] >= nearest[row]) continue;
        nearest[row] = all.data[at];
        labels[row] = centre;
      }
    }
    return { labels, distances: nearest };
  };

/** Where patches begin along a side. */
const starts = (size: number, side: number, stride: number): number[] =>
  Array.from({ length: Math.floor((size - side) / stride) + 1 }, (_, at) => at * stride);

/** All patches of some images, one behind the other. */
function patchesOf(images: readonly Matrix["data"][], shape: ImageRows, options: Options): Matrix {
  const { patch, stride, floor } = options;
  const columns = patch * patch * shape.channels;
  const tops = starts(shape.height, patch, stride);
  const lefts = starts(shape.width, patch, stride);
  const rows = images.length * tops.length * lefts.length;
  const data = new Float64Array(rows * columns);
  let at = 0;
  for (const image of images) {
    for (const top of tops) {
      for (const left of lefts) {
        const one = data.subarray(at, at + columns);
        cutPatch(image, shape, [top, left, patch], one);
        normaliseContrast(one, floor);
        at += columns;
      }
    }
  }
  return { data, rows, columns };
}

type Options = typeof defaults;

/** Patches from random places of random images. */
function randomPatches(rows: Matrix, shape: ImageRows, options: Options, random: Random): Matrix {
  const { patch, patches, floor } = options;
  const columns = patch * patch * shape.channels;
  const data = new Float64Array(patches * columns);
  for (let at = 0; at < patches; at++) {
    const one = data.subarray(at * columns, (at + 1) * columns);
    const image = rowOf(rows, random.integer(rows.rows));
    const top = random.integer(shape.height - patch + 1);
    const left = random.integer(shape.width - patch + 1);
    cutPatch(image, shape, [top, left, patch], one);
    normaliseContrast(one, floor);
  }
  return { data, rows: patches, columns };
}

/** Adds a patch's triangle code [centres], of its distances, to the code of a quarter. */
function addTriangle(apart: Float64Array, into: Float64Array): void {
  let mean = 0;
  for (let at = 0; at < apart.length; at++) {
    apart[at] = Math.sqrt(apart[at]);
    mean += apart[at] / apart.length;
  }
  for (let at = 0; at < apart.length; at++) into[at] += Math.max(0, mean - apart[at]);
}

function open(saved: SavedEncoder, multiply: Multiply): FittedEncoder {
  const { centres, ...whitening } = saved.arrays;
  const options = saved.options as Options;
  const shape = imageRows(NAME, saved.columns, options);
  const { encode: whiten } = zcaEncoder.open(
    { encoder: "zca", columns: centres.columns, options: {}, arrays: whitening },
    multiply,
  );
  const { length: down } = starts(shape.height, options.patch, options.stride);
  const { length: across } = starts(shape.width, options.patch, options.stride);
  const columns = QUARTERS * centres.rows;
  return {
    async encode(rows) {
      checkAsked(NAME, rows, saved.columns);
      const data = new Float64Array(rows.rows * columns);
      for (let first = 0; first < rows.rows; first += TOGETHER) {
        const count = Math.min(TOGETHER, rows.rows - first);
        const images = Array.from({ length: count }, (_, at) => rowOf(rows, first + at));
        const white = await whiten(patchesOf(images, shape, options));
        const apart = await distances(white, centres, multiply);
        for (let place = 0; place < apart.rows; place++) {
          const image = first + Math.floor(place / (down * across));
          const y = Math.floor(place / across) % down;
          const quarter = 2 * Number(2 * y >= down) + Number(2 * (place % across) >= across);
          const start = image * columns + quarter * centres.rows;
          addTriangle(
            rowOf(apart, place) as Float64Array,
            data.subarray(start, start + centres.rows),
          );
        }
      }
      return { data, rows: rows.rows, columns };
    },
    saved,
  };
}

function checkOptions(options: Options, shape: ImageRows): void {
  for (const option of ["centres", "patch", "stride", "patches", "rounds"] as const) {
    checkWhole(NAME, option, options[option], 1);
  }
  checkBetween(NAME, "floor", options.floor, [1e-12, 1e6]);
  const least = Math.min(shape.height, shape.width);
  if (options.patch <= least) return;
  throw new InputError(
    `${NAME}: patches of ${options.patch} x ${options.patch} pixels; expected ${least} at most, as images are ${shape.height} x ${shape.width}`,
  );
}

async function fit(
  rows: Matrix,
  given: EstimatorOptions | undefined,
  { random = DEFAULT_RANDOM, multiply = multiplied, onProgress }: FitContext,
): Promise<EncoderFit> {
  const options = withDefaults(NAME, defaults, given);
  checkRows(NAME, rows);
  const shape = imageRows(NAME, rows.columns, options);
  checkOptions(options, shape);
  const patches = randomPatches(rows, shape, options, new Random(random));
  const whitening = await zcaEncoder.fit(patches, { epsilon: options.epsilon }, { multiply });
  const points = await whitening.encode(patches);
  const { rounds: iterations, centres: count } = options;
  const { centres } = await kmeans(points, count, {
    ...{ iterations, random },
    assign: assignBy(multiply),
  });
  onProgress?.(1);
  const arrays = { ...whitening.saved.arrays, centres };
  const fitted = open({ encoder: NAME, columns: rows.columns, options, arrays }, multiply);
  const some = { ...rows, data: rows.data.subarray(0, Math.min(rows.rows, 100) * rows.columns) };
  const looked = await fitted.encode({ ...some, rows: Math.min(rows.rows, 100) });
  return { ...fitted, warnings: deadUnits(looked) };
}

/**
 * Features of images by k-means; codes have four numbers a centre, one for each quarter of an image. Rows are images pixel by
 * pixel, grey and square where `height`, `width` and `channels` do not say otherwise. Options: `centres`, 100; `patch`, the side
 * of patches, 6; `stride`, 1; `patches` to learn from, 10,000; `rounds` of k-means, 20; `epsilon` of the whitening, 0.1;
 * `floor`, what is added to the variance of a patch before its contrast is made 1, 0.001 for pixels from 0 to 1. Codes cannot
 * be decoded, and have no score.
 *
 * @throws InputError for patches larger than the images, and rows that are no images of the size given.
 * @example
 * const images = matrixOf(Array.from({ length: 8 }, (_, n) => Array.from({ length: 64 }, (_, at) => ((at * (n + 3)) % 7) / 7)));
 * const { encode } = await kmeansFeatures.fit(images, { centres: 5, patch: 3, patches: 100 });
 * (await encode(images)).columns; // 20
 */
export const kmeansFeatures: Encoder = {
  name: NAME,
  description: "how near the patches of an image's quarters are to centres of patches",
  source: "Coates, Ng and Lee 2011, AISTATS",
  defaults,
  fit: (rows, options, context = {}) => fit(rows, options, context),
  open: (saved, multiply = multiplied) => open(saved, multiply),
};
