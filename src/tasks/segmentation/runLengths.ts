// Masks as runs of equal pixels, row by row.

/**
 * Pairs of a class and how many pixels in a row are of it.
 *
 * @example
 * runLengths(Uint8Array.of(0, 0, 1)); // [[0, 2], [1, 1]]
 */
export function runLengths(mask: Uint8Array): [value: number, length: number][] {
  const runs: [number, number][] = [];
  for (const value of mask) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1]++;
    else runs.push([value, 1]);
  }
  return runs;
}
