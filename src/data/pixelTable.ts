// Images as a table of features: their pixels as they are, an image a row.

import { type Matrix, matrix } from "../estimators/index.js";
import { InputError } from "../inputError.js";
import type { Dataset } from "./dataset.js";
import { commonSize, readerOf, sizesInWords } from "./images.js";

/**
 * The pixels of each image as numbers from 0 to 1 [images, height * width * channels], pixel by pixel, the channels of a
 * pixel side by side.
 *
 * @throws InputError for images of different sizes.
 * @example
 * const images = imagesOf(Uint8Array.of(0, 255), { height: 1, width: 2, channels: 1 });
 * const labels = { kind: "none" } as const;
 * pixelTable({ name: "one", length: 1, channels: 1, images, labels }).data; // Float64Array.of(0, 1)
 */
export function pixelTable({ name, images, channels, length }: Dataset): Matrix {
  const size = commonSize(images);
  if (!size) {
    throw new InputError(
      `${name}: images are ${sizesInWords(images)}; expected one size, so that each pixel is a column`,
    );
  }
  const columns = size.height * size.width * channels;
  const reader = readerOf(images, channels);
  const data = new Float64Array(length * columns);
  for (let at = 0; at < length; at++) {
    const bytes = reader.read(at);
    for (let k = 0; k < columns; k++) data[at * columns + k] = bytes[k] / 255;
  }
  reader.close();
  return matrix(data, length, columns);
}
