// The images that a body holds: one file of a format that is decoded, or pixels as NumPy saves them.

import { type DecodedImage, type DecodeOptions, decodeImage } from "../data/index.js";
import { HttpError } from "../http/index.js";
import { readNpy } from "../tensor/index.js";
import { formatShape } from "../tensor/shape.js";

/** How a file of NumPy begins. */
const NPY = Buffer.from("\x93NUMPY", "latin1");

const isNpy = (body: Buffer): boolean => body.subarray(0, NPY.length).equals(NPY);

/** Images of a body, and whether they come as an array, which is answered by one. */
export interface BodyImages {
  readonly images: readonly DecodedImage[];
  readonly array: boolean;
}

/** Images of an array u8 [n, height, width, channels]. */
function imagesOfArray(
  body: Buffer,
  { channels = 3, pixels = Number.POSITIVE_INFINITY }: DecodeOptions,
): DecodedImage[] {
  const { dtype, shape, data } = readNpy(body, "the array", { share: true });
  const [length, height, width, given] = shape;
  if (dtype !== "u8" || shape.length !== 4 || given !== channels || length < 1) {
    throw new HttpError(
      400,
      `the array is ${dtype} ${formatShape(shape)}; expected u8 [n, height, width, ${channels}]`,
    );
  }
  const size = height * width;
  if (size < 1 || size > pixels) {
    throw new HttpError(
      400,
      `the array's images have ${height}x${width} pixels; expected 1 to ${pixels}`,
    );
  }
  const original = { height, width };
  return Array.from({ length }, (_, at) => ({
    ...{ height, width, channels, original },
    data: data.subarray(at * size * channels, (at + 1) * size * channels) as Uint8Array,
  }));
}

/**
 * Reads a body.
 *
 * @throws InputError for what is no image, or too large a one; HttpError for an array of another type or shape.
 */
export async function imagesOfBody(body: Buffer, decoding: DecodeOptions): Promise<BodyImages> {
  if (isNpy(body)) return { images: imagesOfArray(body, decoding), array: true };
  return { images: [await decodeImage(body, decoding)], array: false };
}
