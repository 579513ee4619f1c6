// Wilcoxon's signed-rank test (Wilcoxon 1945, "Individual comparisons by ranking methods", Biometrics Bulletin 1): whether
// paired differences lie about 0 evenly. Demsar (2006, JMLR 7) recommends it for two methods over several data sets.

/** What a signed-rank test says. */
export interface SignedRank {
  /** Sums of the ranks of positive and of negative differences. */
  readonly plus: number;
  readonly minus: number;
  /** Differences that are not 0; only these count. */
  readonly count: number;
  /** Two-sided: how often chance alone makes sums so uneven. */
  readonly p: number;
}

/** Twice the rank of each size, from the smallest on; equal ones share the mean of theirs. */
function doubledRanks(sizes: readonly number[]): number[] {
  const sorted = [...sizes].sort((a, b) => a - b);
  return sizes.map((size) => sorted.indexOf(size) + sorted.lastIndexOf(size) + 2);
}

/** The chance of each sum of ranks when every sign is as likely as the other. */
function distribution(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let most = 0;
  for (const rank of ranks) {
    most += rank;
    for (let sum = most; sum >= 0; sum--) {
      chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
    }
  }
  return chances;
}

/**
 * The signed-rank test of paired differences, by the exact distribution, ties included. Differences of 0 are left out.
 * Work and memory grow as the square of their number.
 *
 * @example
 * // All of six differences are positive: 2 of 64 ways to set signs are as uneven.
 * signedRank([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).p; // 2 / 64
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const known = differences.filter((value) => value !== 0);
  const ranks = doubledRanks(known.map(Math.abs));
  const sumWhere = (sign: number) =>
    ranks.reduce((sum, rank, at) => sum + (Math.sign(known[at]) === sign ? rank : 0), 0);
  const [plus, minus] = [sumWhere(1), sumWhere(-1)];
  const chances = distribution(ranks);
  const tail = chances
    .subarray(0, Math.min(plus, minus) + 1)
    .reduce((sum, chance) => sum + chance, 0);
  return { plus: plus / 2, minus: minus / 2, count: known.length, p: Math.min(1, 2 * tail) };
}

/** Differences of nearly equal numbers, such as means of accuracies, rounded so that equal ones tie. */
export const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;

/**
 * p values that hold for all of several tests together (Holm 1979, Scandinavian Journal of Statistics 6).
 *
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a] - values[b]);
  const adjusted: number[] = [];
  let most = 0;
  for (const [rank, at] of order.entries()) {
    most = Math.max(most, Math.min(1, values[at] * (values.length - rank)));
    adjusted[at] = most;
  }
  return adjusted;
}
