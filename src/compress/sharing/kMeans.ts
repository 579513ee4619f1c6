// Numbers in clusters along a line: Lloyd's algorithm from centres at equal distances, which Han, Mao and Dally 2016 (arXiv
// 1510.00149) found to serve weights best, since the few large ones keep centres of their own.

/** More rounds than that move centres by next to nothing. */
const MOST_ROUNDS = 300;

/** Sums of the first numbers: of `n` of them at place `n`. */
function sumsOf(numbers: Float32Array): Float64Array {
  const sums = new Float64Array(numbers.length + 1);
  for (const [at, number] of numbers.entries()) sums[at + 1] = sums[at] + number;
  return sums;
}

/** How many of some rising numbers are below a limit. */
function below(rising: ArrayLike<number>, limit: number): number {
  let [from, to] = [0, rising.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rising[middle] < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

const middles = (centres: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: centres.length - 1 }, (_, at) => (centres[at] + centres[at + 1]) / 2);

/**
 * Centres of at most so many clusters, in rising order: each is the mean of the numbers that are nearer to it than to any
 * other. Clusters that nothing is in are left out.
 *
 * @param numbers at least one
 * @example
 * import { kMeans } from "convoynet/compress";
 * kMeans(Float32Array.of(9, 0, 1, 2, 10), 2); // Float32Array.of(1, 9.5)
 */
export function kMeans(numbers: Float32Array, count: number): Float32Array {
  const rising = numbers.slice().sort();
  const sums = sumsOf(rising);
  const [least, most] = [rising[0], rising[rising.length - 1]];
  const step = count > 1 ? (most - least) / (count - 1) : 0;
  let centres = Float64Array.from({ length: count }, (_, at) => least + step * at);
  let ends: number[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const now = [...middles(centres)].map((limit) => below(rising, limit));
    now.push(rising.length);
    if (now.every((end, at) => end === ends[at])) break;
    ends = now;
    centres = centres.map((centre, at) => {
      const [from, to] = [ends[at - 1] ?? 0, ends[at]];
      return from === to ? centre : (sums[to] - sums[from]) / (to - from);
    });
  }
  return Float32Array.from(centres.filter((_, at) => ends[at] > (ends[at - 1] ?? 0)));
}

/**
 * The place of the nearest centre of each number.
 *
 * @param centres in rising order
 * @example
 * import { nearestOf } from "convoynet/compress";
 * nearestOf(Float32Array.of(0, 8, 3), Float32Array.of(1, 9)); // Uint8Array.of(0, 1, 0)
 */
export function nearestOf(numbers: Float32Array, centres: Float32Array): Uint8Array {
  const limits = middles(centres);
  return Uint8Array.from(numbers, (number) => below(limits, number));
}
