// The k largest numbers of a vector by absolute value, found by their bits: as whole numbers, the bits
// of positive floats have the order of the floats.

const BINS = 2048;
/** Eleven, eleven and nine of the 31 bits behind the sign, highest first. */
const digits = [
  { shift: 20, bins: BINS },
  { shift: 9, bins: BINS },
  { shift: 0, bins: 512 },
];

/** The bits of the k-th largest absolute value in `[start, end)`, and how many equal ones are among the k. */
function threshold(bits: Uint32Array, start: number, end: number, k: number) {
  const counts = new Int32Array(BINS);
  let found = 0;
  let left = k;
  let known = 0;
  for (const { shift, bins } of digits) {
    counts.fill(0);
    for (let at = start; at < end; at++) {
      const value = bits[at] & 0x7fffffff;
      if ((value & known) === found) counts[(value >>> shift) & (bins - 1)]++;
    }
    let bin = bins - 1;
    while (counts[bin] < left) left -= counts[bin--];
    found |= bin << shift;
    known |= (bins - 1) << shift;
  }
  return { found, equal: left };
}

/**
 * Where the k largest absolute values in `[start, end)` of a vector are, in order; of equal ones the
 * first. All numbers must be finite, and k from 1 to `end - start`.
 *
 * @example
 * [...largest(Float32Array.of(1, -3, 2, 3), 0, 4, 2)]; // [1, 3]
 */
export function largest(values: Float32Array, start: number, end: number, k: number): Int32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let { found, equal } = threshold(bits, start, end, k);
  const places = new Int32Array(k);
  let count = 0;
  for (let at = start; at < end; at++) {
    const value = bits[at] & 0x7fffffff;
    if (value > found || (value === found && equal-- > 0)) places[count++] = at;
  }
  return places;
}
