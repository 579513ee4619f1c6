// Lists of different lengths, one of each image, in one array.

/** List `i` is `data[offsets[i], offsets[i + 1])`. */
export interface Ragged<T extends Uint8Array | Int32Array | Float32Array> {
  readonly data: T;
  /** Where each list begins, and where the last one ends [length + 1]. */
  readonly offsets: Float64Array;
}

/**
 * Puts lists behind each other.
 *
 * @param empty of the type that the data will have
 * @example
 * const { data, offsets } = ragged(new Uint8Array(0), [[1, 2], [], [3]]);
 * [[...data], [...offsets]]; // [[1, 2, 3], [0, 2, 2, 3]]
 */
export function ragged<T extends Uint8Array | Int32Array | Float32Array>(
  empty: T,
  lists: readonly ArrayLike<number>[],
): Ragged<T> {
  const offsets = new Float64Array(lists.length + 1);
  for (const [at, { length }] of lists.entries()) offsets[at + 1] = offsets[at] + length;
  const data = new (empty.constructor as new (length: number) => T)(offsets[lists.length]);
  for (const [at, list] of lists.entries()) data.set(list, offsets[at]);
  return { data, offsets };
}

/** Lists of `size` numbers each. */
export function evenOffsets(length: number, size: number): Float64Array {
  return Float64Array.from({ length: length + 1 }, (_, at) => at * size);
}
