// Numbers that are whole multiples of a scale, found by looking at them.

const { abs, fround, round } = Math;

/** Most steps between the least and the largest multiple: they fit a byte. */
export const MOST_STEPS = 255;

/** How far from a whole multiple a number may be that is rounded to it, in parts of the scale. */
const NEAR = 1e-3;

/** The scale of a grid, and which multiple of it each number is. */
export interface Grid {
  readonly scale: number;
  readonly multiples: Int32Array;
}

/** Neighbours of a number among those of f32, and itself first. */
function nearby(value: number): number[] {
  const word = new Int32Array(new Float32Array([value]).buffer);
  const beside = [-1, 1].map((by) => new Float32Array(Int32Array.of(word[0] + by).buffer)[0]);
  return [fround(value), ...beside];
}

/** The sizes of numbers, each once; nothing where there are more than a grid has. */
function sizesOf(numbers: Float32Array): number[] | undefined {
  const sizes = new Set<number>();
  for (const number of numbers) {
    if (number === 0) continue;
    sizes.add(abs(number));
    if (sizes.size > MOST_STEPS) return undefined;
  }
  return [...sizes];
}

/** Whether multiples, and 0, are within as many steps as a byte counts. */
function fitByte(multiples: Int32Array): boolean {
  let [least, most] = [0, 0];
  for (const k of multiples) {
    if (k < least) least = k;
    else if (k > most) most = k;
  }
  return most - least <= MOST_STEPS;
}

/**
 * The coarsest grid that numbers lie on, with at most {@link MOST_STEPS} steps from the least to the largest.
 *
 * @param exact whether f32 gives the very numbers back; if not, all but 1e-3 of the scale
 */
export function gridOf(numbers: Float32Array, exact: boolean): Grid | undefined {
  const sizes = sizesOf(numbers);
  if (!sizes?.every(Number.isFinite)) return undefined;
  if (sizes.length === 0) return { scale: 1, multiples: new Int32Array(numbers.length) };
  const largest = Math.max(...sizes);
  const fits = (scale: number) => (size: number) => {
    const multiple = size / scale;
    return (
      abs(multiple - round(multiple)) <= NEAR &&
      (!exact || fround(round(multiple) * scale) === size)
    );
  };
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    const first = largest / steps;
    if (!sizes.every((size) => abs(size / first - round(size / first)) <= NEAR)) continue;
    const scale = nearby(first).find((one) => one > 0 && sizes.every(fits(one)));
    if (scale === undefined) continue;
    const multiples = Int32Array.from(numbers, (number) => round(number / scale));
    return fitByte(multiples) ? { scale, multiples } : undefined;
  }
  return undefined;
}

/** A grid for all numbers, or one for each of some rows of equal length. */
export interface Grids {
  /** One, or one a row. */
  readonly scales: Float32Array;
  readonly multiples: Int32Array;
}

/** The grids that numbers lie on: one, or else one for each row. */
export function gridsOf(numbers: Float32Array, rows: number, exact: boolean): Grids | undefined {
  const all = gridOf(numbers, exact);
  if (all) return { scales: Float32Array.of(all.scale), multiples: all.multiples };
  if (rows < 2) return undefined;
  const each = numbers.length / rows;
  const scales = new Float32Array(rows);
  const multiples = new Int32Array(numbers.length);
  for (let row = 0; row < rows; row++) {
    const own = gridOf(numbers.subarray(row * each, (row + 1) * each), exact);
    if (!own) return undefined;
    scales[row] = own.scale;
    multiples.set(own.multiples, row * each);
  }
  return fitByte(multiples) ? { scales, multiples } : undefined;
}

/** The numbers of grids. */
export function onGrids({ scales, multiples }: Grids): Float32Array {
  const each = multiples.length / scales.length;
  return Float32Array.from(multiples, (k, at) => k * scales[Math.floor(at / each)]);
}
