// The check at the door of every engine's `gather`.

import { type Gather, SAMPLE_FIELDS } from "./engine.js";

/** Largest number of bytes of a stored image, and of pixels of a result. */
const MOST = 2 ** 30;

const nameOf = (value: unknown) =>
  (value as object | null | undefined)?.constructor?.name ?? String(value);

/** Checks an array's type, since only a real one has the length that it tells. */
function expectArray<T>(what: string, found: unknown, type: new (...args: never[]) => T): void {
  if (found instanceof type) return;
  throw new RangeError(`gather: expected a ${type.name} as ${what}, found ${nameOf(found)}`);
}

function expectSize(what: string, size: number): void {
  if (Number.isInteger(size) && size > 0 && size <= MOST) return;
  throw new RangeError(
    `gather: expected a whole number from 1 to ${MOST} as ${what}, found ${size}`,
  );
}

function expectCount(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new RangeError(`gather: expected ${expected} ${what}, found ${found}`);
}

/** How many images there are; throws for a part of one. */
function countImages({ images, height, width, channels }: Gather): number {
  const bytes = height * width * channels;
  if (images.length % bytes === 0) return images.length / bytes;
  throw new RangeError(
    `gather: expected a whole number of images of ${height}x${width}x${channels}, ${bytes} bytes each, ` +
      `found ${images.length} bytes`,
  );
}

/**
 * Checks that the parts of a batch are what they should be, and fit each other and `out`.
 *
 * @throws RangeError that names the first part that does not.
 */
export function checkGather(batch: Gather, out: Float32Array): void {
  const { images, height, width, channels, indices, samples, outHeight, outWidth } = batch;
  expectArray("images", images, Uint8Array);
  expectArray("indices", indices, Int32Array);
  expectArray("samples", samples, Float32Array);
  expectArray("output", out, Float32Array);
  const sizes = { height, width, channels, outHeight, outWidth };
  for (const [name, size] of Object.entries(sizes)) expectSize(name, size);
  expectSize("bytes of an image", height * width * channels);
  expectSize("pixels of a result", outHeight * outWidth);
  const count = countImages(batch);
  const size = Math.ceil(indices.length / 2);
  expectCount("indices", indices.length, 2 * size);
  expectCount("numbers of samples", samples.length, size * SAMPLE_FIELDS);
  expectCount("numbers of output", out.length, size * channels * outHeight * outWidth);
  expectCount("means", batch.mean.length, channels);
  expectCount("stds", batch.std.length, channels);
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at];
    if (index >= count || index < (at % 2 === 0 ? 0 : -1)) {
      throw new RangeError(`gather: index ${index} of sample ${at >> 1}, found ${count} images`);
    }
  }
}
