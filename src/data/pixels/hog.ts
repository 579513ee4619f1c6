// Histograms of oriented gradients of a stored image: what it is, as numbers for classifiers of tables.

import { type HogOptions, orientedGradients } from "../../estimators/index.js";
import type { Image } from "../images.js";

/**
 * Histograms of oriented gradients of an image (Dalal and Triggs 2005, CVPR): of each block of cells, normalised on its own, how
 * strong the gradients of each direction are. Light and contrast do not count, small shifts hardly. Of a pixel in colour the
 * channel with the largest gradient counts.
 *
 * @param image u8 [height, width, channels]
 * @returns f32 [blocks down * blocks across * block * block * bins]
 * @throws InputError for an image that is smaller than a block.
 * @example
 * const image = { height: 8, width: 8, channels: 1, data: new Uint8Array(64).fill(255, 32) };
 * const hog = hogOf(image);
 * // The edge lies across, so brightness changes at 90 degrees: direction 4 of 9.
 * [hog.length, hog.indexOf(Math.max(...hog))]; // [36, 4]
 */
export const hogOf = ({ data, ...shape }: Image, options: HogOptions = {}): Float32Array =>
  Float32Array.from(orientedGradients(data, shape, options));
