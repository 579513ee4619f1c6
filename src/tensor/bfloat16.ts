// bfloat16: the upper half of an f32, with its range and 8 bits of precision.

const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

/**
 * The bits of the bfloat16 nearest to a number, which is rounded to f32 first; of two equally near ones the even.
 * NaN stays NaN.
 *
 * @example
 * toBfloat16(1); // 0x3f80
 */
export function toBfloat16(value: number): number {
  number[0] = value;
  const [found] = bits;
  // Rounding could carry the bits of a NaN over to a number.
  if (Number.isNaN(value)) return (found >>> 16) | 0x40;
  return ((found + 0x7fff + ((found >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number of a bfloat16's bits. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return number[0];
}

/** The bits of many numbers; see {@link toBfloat16}. */
export const bfloat16Of = (numbers: ArrayLike<number>): Uint16Array =>
  Uint16Array.from(numbers, toBfloat16);

/** The numbers of many bits. */
export const floatsOf = (halves: ArrayLike<number>): Float32Array =>
  Float32Array.from(halves, fromBfloat16);
