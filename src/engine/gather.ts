// The check at the door of every engine's `gather`.

import { InputError } from "../inputError.js";
import { type ByteFile, type Gather, SAMPLE_FIELDS, SOURCE_FIELDS } from "./engine.js";
import { LARGEST_ARGUMENT, OPERATION_FIELDS, pixelOperationNames } from "./pixels.js";

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

/** Opens a file of images. @throws InputError naming it when it is not there or cannot be read. */
export function opened<T>({ path }: ByteFile, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const { message } = cause as Error;
    const why = message.startsWith(`${path}: `) ? message : `${path}: ${message}`;
    throw new InputError(`${why}; images are read from this file`, { cause });
  }
}

/** Length of the stored bytes. */
export const storedBytes = ({ images }: Gather): number =>
  images instanceof Uint8Array ? images.length : images.bytes;

/** Expects each source to lie within the stored bytes, and only the second of a sample to be none. */
function expectSources(batch: Gather): void {
  const { sources, channels } = batch;
  const stored = storedBytes(batch);
  const isSize = (size: number) => Number.isInteger(size) && size > 0;
  for (let at = 0; at < sources.length; at += SOURCE_FIELDS) {
    const [first, height, width] = sources.subarray(at, at + SOURCE_FIELDS);
    const source = at / SOURCE_FIELDS;
    if (first === -1 && source % 2 === 1) continue;
    const bytes = height * width * channels;
    const sized = isSize(height) && isSize(width) && bytes <= MOST;
    if (sized && Number.isInteger(first) && first >= 0 && first + bytes <= stored) continue;
    throw new RangeError(
      `gather: source ${source % 2} of sample ${source >> 1} (byte ${first}, ${height}x${width}x${channels}) ` +
        `does not lie within the ${stored} bytes of the images`,
    );
  }
}

/** Expects operations that there are, on sources that are images, in their order. */
function expectOperations({ operations, sources }: Gather): void {
  if (operations === undefined) return;
  expectArray("operations", operations, Float64Array);
  const count = Math.ceil(operations.length / OPERATION_FIELDS);
  expectCount("numbers of operations", operations.length, count * OPERATION_FIELDS);
  const below = (value: number, bound: number) =>
    Number.isInteger(value) && value >= 0 && value < bound;
  let last = 0;
  for (let at = 0; at < operations.length; at += OPERATION_FIELDS) {
    const [source, operation, ...args] = operations.subarray(at, at + OPERATION_FIELDS);
    const fits =
      below(source, sources.length / SOURCE_FIELDS) &&
      source >= last &&
      sources[source * SOURCE_FIELDS] >= 0 &&
      below(operation, pixelOperationNames.length) &&
      args.every((argument) => Math.abs(argument) <= LARGEST_ARGUMENT);
    if (!fits) {
      throw new RangeError(
        `gather: operation ${at / OPERATION_FIELDS} (${operation} on source ${source} with ${args}) is none`,
      );
    }
    last = source;
  }
}

/**
 * Checks that the parts of a batch are what they should be, and fit each other and `out`.
 *
 * @throws RangeError that names the first part that does not.
 */
export function checkGather(batch: Gather, out: Float32Array): void {
  const { images, channels, sources, samples, outHeight, outWidth } = batch;
  if (typeof (images as ByteFile | undefined)?.path !== "string") {
    expectArray("images", images, Uint8Array);
  }
  expectArray("sources", sources, Float64Array);
  expectArray("samples", samples, Float32Array);
  expectArray("output", out, Float32Array);
  const sizes = { channels, outHeight, outWidth };
  for (const [name, size] of Object.entries(sizes)) expectSize(name, size);
  expectSize("pixels of a result", outHeight * outWidth);
  const size = Math.ceil(sources.length / (2 * SOURCE_FIELDS));
  expectCount("numbers of sources", sources.length, 2 * SOURCE_FIELDS * size);
  expectCount("numbers of samples", samples.length, size * SAMPLE_FIELDS);
  expectCount("numbers of output", out.length, size * channels * outHeight * outWidth);
  expectCount("means", batch.mean.length, channels);
  expectCount("stds", batch.std.length, channels);
  expectSources(batch);
  expectOperations(batch);
}
