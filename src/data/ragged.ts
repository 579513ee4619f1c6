// Lists of different lengths, one of each image, in one array.

type Numbers = Uint8Array | Int32Array | Float32Array;

/** List `i` is `data[offsets[i], offsets[i + 1])`. */
export interface Ragged<T extends Numbers> {
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
export function ragged<T extends Numbers>(
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

/** Two arrays as one. */
export function concatenated<T extends Numbers | Float64Array>(a: T, b: T): T {
  const all = new (a.constructor as new (length: number) => T)(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** The lists of `b` behind those of `a`. */
export const joinLists = <T extends Numbers>(a: Ragged<T>, b: Ragged<T>): Ragged<T> => ({
  data: concatenated(a.data, b.data),
  offsets: concatenated(
    a.offsets,
    b.offsets.subarray(1).map((at) => at + a.data.length),
  ),
});

/** Lists at the given indices, in that order. */
export const takeLists = <T extends Numbers>(
  { data, offsets }: Ragged<T>,
  indices: ArrayLike<number>,
): Ragged<T> =>
  ragged(
    data.subarray(0, 0) as T,
    Array.from(indices, (at) => data.subarray(offsets[at], offsets[at + 1])),
  );
