// Where numbers lie that are not 0, as bytes: of each the count of zeros before it.

/** So many zeros, and no number behind them. */
const ZEROS = 255;

/** Gaps in front of some places, which rise. */
export function gapsOf(places: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let next = 0;
  for (const place of places) {
    let gap = place - next;
    for (; gap >= ZEROS; gap -= ZEROS) bytes.push(ZEROS);
    bytes.push(gap);
    next = place + 1;
  }
  return Uint8Array.from(bytes);
}

/** Most bytes of the gaps between places among so many. */
export const mostGaps = (size: number): number => size + Math.ceil(size / ZEROS);

/** The places that gaps lead to; `undefined` where one lies outside. */
export function placesOf(gaps: Uint8Array, size: number): number[] | undefined {
  const places: number[] = [];
  let next = 0;
  for (const gap of gaps) {
    next += gap;
    if (gap === ZEROS) continue;
    if (next >= size) return undefined;
    places.push(next++);
  }
  return places;
}
