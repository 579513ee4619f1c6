// The search for a learning rate: sequential halving (Karnin, Koren and Somekh 2013, ICML; Jamieson and
// Talwalkar 2015, arXiv 1502.07943) in two rounds over a grid. What a run is given more of is seeds, not
// epochs: a shorter training wants another rate, a second one only tells more of the same. The second round
// does not end with the best mean but with the middle of all rates that chance cannot tell from it, which is trained too:
// the curve over the rate has one top, flat and next to a cliff, so that between two good rates all are good.

import { advantage, imagesError, type ScoreScale, standardError } from "./score.js";
import { mean } from "./statistics.js";

/** A rate, and what its runs came to. */
export interface RateScore {
  readonly lr: number;
  /** Of the runs that are over, in the order of their seeds. */
  readonly scores: readonly number[];
  /** Whether one of its runs diverged; it has no further ones, and is worse than any rate that has none. */
  readonly diverged: boolean;
}

/** Why a rate is named, or why none is. */
export type Verdict = "named" | "alike" | "unlearned";

/** Rates tried beyond each end of the grid, where the best one lies at that end. */
const BEYOND = 3;

/** Logarithm of the factor within which a rate is as good as another. */
const NEAR = 0.2;

/** The scores of rates that chance alone makes so many standard errors apart, best and worst, in 1 of 20. */
const RANGE = 4.3;

const known = (rates: readonly RateScore[]) =>
  rates.filter(({ scores, diverged }) => scores.length > 0 && !diverged);

const meanOf = ({ scores }: RateScore): number => mean(scores);

/** The better ones first; equals stay in the order of their rates. */
const ranked = (rates: readonly RateScore[], scale: ScoreScale): RateScore[] =>
  known(rates).sort((a, b) => advantage(meanOf(b), meanOf(a), scale));

/** What a first round says, in which all rates have as many runs. */
export function verdictOf(rates: readonly RateScore[], scale: ScoreScale): Verdict {
  const order = ranked(rates, scale);
  if (order.length === 0) return "unlearned";
  const [best, worst] = [order[0], order[order.length - 1]];
  const { constant } = scale;
  const error = standardError(best.scores, scale);
  const learned = constant === undefined || advantage(meanOf(best), constant, scale) > 2 * error;
  if (!learned) return "unlearned";
  const close = advantage(meanOf(best), meanOf(worst), scale) <= RANGE * error;
  return close && order.length === rates.length && rates.length > 1 ? "alike" : "named";
}

/** A rate beyond one of `rates` (rising), as far from it as its neighbour is. */
const beyond = (last: number, neighbour: number): number =>
  Number(((last * last) / neighbour).toPrecision(1));

/**
 * The rate to be tried next beyond the grid, when the best one lies at its end and is better than its neighbour;
 * `undefined` when none is.
 */
export function extension(
  rates: readonly RateScore[],
  grid: readonly number[],
  scale: ScoreScale,
): number | undefined {
  const rising = [...rates].sort((a, b) => a.lr - b.lr);
  const [best] = ranked(rising, scale);
  if (!best || rising.length < 2) return undefined;
  const ends = [
    { ends: rising, isBeyond: (lr: number) => lr < Math.min(...grid) },
    { ends: rising.toReversed(), isBeyond: (lr: number) => lr > Math.max(...grid) },
  ];
  for (const {
    ends: [last, neighbour],
    isBeyond,
  } of ends) {
    if (best !== last || rising.filter(({ lr }) => isBeyond(lr)).length >= BEYOND) continue;
    const better = neighbour.diverged || advantage(meanOf(last), meanOf(neighbour), scale) > 0;
    if (better) return beyond(last.lr, neighbour.lr);
  }
  return undefined;
}

/** The better half, which has a second round. */
export const betterHalf = (rates: readonly RateScore[], scale: ScoreScale): number[] =>
  ranked(rates, scale)
    .slice(0, Math.ceil(rates.length / 2))
    .map(({ lr }) => lr);

/** The rates that had as many runs as any, the better ones first. */
function finalists(rates: readonly RateScore[], scale: ScoreScale): RateScore[] {
  const most = Math.max(...known(rates).map(({ scores }) => scores.length));
  return ranked(
    rates.filter(({ scores }) => scores.length === most),
    scale,
  );
}

/** Those of them that the choice of images alone could have made the best one. */
function equals(rates: readonly RateScore[], scale: ScoreScale): RateScore[] {
  const [best, ...others] = finalists(rates, scale);
  if (!best) return [];
  const error = imagesError(best.scores, scale);
  const near = (rate: RateScore) => advantage(meanOf(best), meanOf(rate), scale) <= error;
  return [best, ...others.filter(near)];
}

/**
 * The geometric middle of the rates that chance cannot tell from the best one; a rate of `rates` where one is near,
 * and two digits of it else. `undefined` when all rates diverged.
 */
export function middleOfBest(rates: readonly RateScore[], scale: ScoreScale): number | undefined {
  const logs = equals(rates, scale).map(({ lr }) => Math.log(lr));
  if (logs.length === 0) return undefined;
  const middle = (Math.min(...logs) + Math.max(...logs)) / 2;
  const near = known(rates).find(({ lr }) => Math.abs(Math.log(lr) - middle) < NEAR);
  return near?.lr ?? Number(Math.exp(middle).toPrecision(2));
}

/** The middle one when it had its runs and belongs to the best ones, which is as it should be; else the best one. */
export function finalRate(
  rates: readonly RateScore[],
  middle: number | undefined,
  scale: ScoreScale,
): RateScore | undefined {
  return equals(rates, scale).find(({ lr }) => lr === middle) ?? finalists(rates, scale)[0];
}
