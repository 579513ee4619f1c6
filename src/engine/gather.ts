// The check at the door of every engine's `gather`.

import { type Gather, SAMPLE_FIELDS } from "./engine.js";

/**
 * Checks that the parts of a batch fit each other and `out`.
 *
 * @throws RangeError that names the first part that does not.
 */
export function checkGather(batch: Gather, out: Float32Array): void {
  const { images, height, width, channels, indices, samples, outHeight, outWidth } = batch;
  const count = images.length / (height * width * channels);
  const size = indices.length / 2;
  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) {
      throw new RangeError(`gather: expected ${expected} ${what}, found ${found}`);
    }
  };
  expect("numbers of samples", samples.length, size * SAMPLE_FIELDS);
  expect("numbers of output", out.length, size * channels * outHeight * outWidth);
  expect("means", batch.mean.length, channels);
  expect("stds", batch.std.length, channels);
  for (const [at, index] of indices.entries()) {
    if (index >= count || index < (at % 2 === 0 ? 0 : -1)) {
      throw new RangeError(`gather: index ${index} of sample ${at >> 1}, found ${count} images`);
    }
  }
}
