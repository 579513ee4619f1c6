// Which trials are better. Of several objectives a trial is better than another that it dominates: none is worse and one
// is less. Fronts and crowding are those of NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002, IEEE TEC 6).

import { hasLosses, type Told } from "./search.js";

type Losses = readonly number[];

/** Whether losses are nowhere larger than others and somewhere less. */
export const dominates = (a: Losses, b: Losses): boolean =>
  a.every((loss, at) => loss <= b[at]) && a.some((loss, at) => loss < b[at]);

/**
 * Points by fronts: the first is dominated by none, the next by those of the first alone, and so on.
 *
 * @returns for each front the numbers of its points, rising
 * @example
 * frontsOf([[1, 3], [2, 2], [3, 3], [3, 1]]); // [[0, 1, 3], [2]]
 */
export function frontsOf(points: readonly Losses[]): number[][] {
  const fronts: number[][] = [];
  let left = [...points.keys()];
  while (left.length > 0) {
    const front = left.filter((at) => !left.some((other) => dominates(points[other], points[at])));
    fronts.push(front);
    left = left.filter((at) => !front.includes(at));
  }
  return fronts;
}

/** How lonely each point of a front is: the sides of the box between its neighbours; the ends are infinitely so. */
export function crowding(points: readonly Losses[]): Float64Array {
  const lonely = new Float64Array(points.length);
  for (const objective of points[0]?.keys() ?? []) {
    const order = [...points.keys()].sort(
      (a, b) => points[a][objective] - points[b][objective] || a - b,
    );
    const at = (place: number) => points[order[place]][objective];
    const last = order.length - 1;
    const range = at(last) - at(0) || 1;
    for (const [place, point] of order.entries()) {
      lonely[point] +=
        place === 0 || place === last
          ? Number.POSITIVE_INFINITY
          : (at(place + 1) - at(place - 1)) / range;
    }
  }
  return lonely;
}

/**
 * Numbers of the trials that ended, the best first: by loss, or by front and loneliness; then by number. Those that
 * failed come last.
 */
export function ranked(told: readonly Told[]): number[] {
  const good = [...told.keys()].filter((at) => hasLosses(told[at]));
  const failed = [...told.keys()].filter((at) => told[at].losses && !hasLosses(told[at]));
  const losses = good.map((at) => told[at].losses!);
  if (losses[0]?.length === 1) {
    return [...good.sort((a, b) => told[a].losses![0] - told[b].losses![0] || a - b), ...failed];
  }
  const order = frontsOf(losses).flatMap((front) => {
    const lonely = crowding(front.map((at) => losses[at]));
    // Equal where both are infinite: their difference is no number.
    const places = [...front.keys()].sort((a, b) =>
      lonely[a] === lonely[b] ? a - b : lonely[b] - lonely[a],
    );
    return places.map((place) => good[front[place]]);
  });
  return [...order, ...failed];
}

/** Trials of which no other that is known is the continuation's end: the last of each chain. */
export function lastOfChains(told: readonly Told[]): number[] {
  const continued = new Set(told.filter(hasLosses).map(({ from }) => from));
  return [...told.keys()].filter((at) => hasLosses(told[at]) && !continued.has(at));
}

/**
 * The number of the best trial; of trials that stop early the best of those that went furthest. `undefined` when none
 * has ended well.
 *
 * @example
 * const settings = { x: 0 };
 * bestOf([{ settings, losses: [2] }, { settings, losses: [1] }, { settings, losses: [NaN] }]); // 1
 */
export function bestOf(told: readonly Told[]): number | undefined {
  const good = told.filter(hasLosses);
  const furthest = Math.max(...good.map(({ until }) => until ?? 0));
  return ranked(told).find((at) => hasLosses(told[at]) && (told[at].until ?? 0) === furthest);
}

/**
 * Numbers of the trials that none dominates, rising: with one objective the best ones. Of trials that stop early only
 * the last of each chain counts.
 *
 * @example
 * const settings = { x: 0 };
 * paretoFront([[1, 3], [2, 2], [3, 3], [3, 1]].map((losses) => ({ settings, losses }))); // [0, 1, 3]
 */
export function paretoFront(told: readonly Told[]): number[] {
  const ends = lastOfChains(told);
  const [front = []] = frontsOf(ends.map((at) => told[at].losses!));
  return front.map((at) => ends[at]);
}
