// Histograms of oriented gradients as codes: nothing is learned, so they tell what learned ones must beat.

import { checkAsked, checkWhole, type EstimatorOptions, withDefaults } from "../estimator.js";
import { rowOf } from "../matrix.js";
import { checkRows, type Encoder, type FittedEncoder, type SavedEncoder } from "./encoder.js";
import { blocksOf, hogDefaults, orientedGradients } from "./orientedGradients.js";
import { imageRows } from "./patches.js";

const NAME = "hog";
const defaults = { ...hogDefaults, height: 0, width: 0, channels: 0 };

function open(saved: SavedEncoder): FittedEncoder {
  const options = { ...defaults, ...saved.options };
  const shape = imageRows(NAME, saved.columns, options);
  const { down, across, size } = blocksOf(shape, options);
  const columns = down * across * size;
  return {
    async encode(rows) {
      checkAsked(NAME, rows, saved.columns);
      const data = new Float64Array(rows.rows * columns);
      for (let row = 0; row < rows.rows; row++)
        data.set(orientedGradients(rowOf(rows, row), shape, options), row * columns);
      return { data, rows: rows.rows, columns };
    },
    saved,
  };
}

/**
 * Histograms of oriented gradients of each row, an image pixel by pixel, grey and square where `height`, `width` and `channels` do
 * not say otherwise. Options: `cell`, the side of a cell in pixels, 4; `block`, the side of a block in cells, 2; `bins`, directions
 * from 0 to 180 degrees, 9. Of a pixel in colour the channel with the largest gradient counts. Codes cannot be decoded, and
 * have no score.
 *
 * @throws InputError for images that are smaller than a block, and rows that are no images of the size given.
 * @example
 * const images = matrixOf([0, 1].map((n) => Array.from({ length: 64 }, (_, at) => Number(at > 31 + n))));
 * const { encode } = await hog.fit(images);
 * (await encode(images)).columns; // 36
 */
export const hog: Encoder = {
  name: NAME,
  description: "how strong the gradients of each direction are in cells; nothing is learned",
  source: "Dalal and Triggs 2005, CVPR",
  defaults,
  async fit(rows, given?: EstimatorOptions) {
    const options = withDefaults(NAME, defaults, given);
    for (const option of ["cell", "block", "bins"] as const)
      checkWhole(NAME, option, options[option], 1);
    checkRows(NAME, rows);
    const saved = { encoder: NAME, columns: rows.columns, options, arrays: {} };
    return { ...open(saved), warnings: [] };
  },
  open,
};
