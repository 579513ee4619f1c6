// Which nets of a swarm do not learn, or far too slowly: a net whose units are dead answers always the same, its loss
// stays where it began, and no step of its own brings it back. Losses tell it for any task, and before scores do.

import type { Snapshot } from "./coupling.js";

/** Before the best particle's loss has come down by this share of a constant answer's, differences are noise. */
const LEAST = 0.05;

/** Of the way that the best particle's loss has gone, another one has to have gone this share. */
const SHARE = 0.75;

/** A loss of so many times that of a constant answer, and the best one's, is that of weights that ran away. */
const RUINED = 10;

/**
 * How often in a row each particle was found behind, this time included: its mean loss has come less than three quarters
 * as far down from that of a constant answer as the best one's. While nobody is clearly better than that, only those are whose loss is many times
 * as large, and never who has the best score alone: the loss of an epoch tells of its first steps as well, and what a net knows in the end
 * is not to be lost. One that diverged always is.
 *
 * @param constant training loss of the best answer that is always the same
 * @example
 * // Two of three have learned; the third answers always the same, for the second time.
 * roundsBehind(
 *   [
 *     { particle: 0, healthy: true, lr: 0.03, epochLoss: 0.5 },
 *     { particle: 1, healthy: true, lr: 0.01, epochLoss: 0.7 },
 *     { particle: 2, healthy: true, lr: 0.1, epochLoss: 2.3, behind: 1 },
 *   ],
 *   2.3,
 * ); // [0, 0, 2]
 */
export function roundsBehind(snapshots: readonly Snapshot[], constant: number): readonly number[] {
  const losses = snapshots.flatMap(({ healthy, epochLoss }) =>
    healthy && epochLoss !== undefined ? [epochLoss] : [],
  );
  const best = Math.min(...losses);
  const due = constant - SHARE * (constant - best);
  const first = firstOf(snapshots);
  const most = best < (1 - LEAST) * constant ? due : RUINED * Math.max(constant, best);
  return snapshots.map(({ particle, healthy, epochLoss, behind = 0 }) => {
    const learns = epochLoss === undefined || !(epochLoss > most) || particle === first;
    return healthy && (learns || most <= 0) ? 0 : behind + 1;
  });
}

/** Who has a better score than all others, if anybody has. */
function firstOf(snapshots: readonly Snapshot[]): number | undefined {
  const scored = snapshots.filter(({ healthy, score }) => healthy && Number.isFinite(score));
  const most = Math.max(...scored.map(({ score }) => score!));
  const firsts = scored.filter(({ score }) => score === most);
  return firsts.length === 1 ? firsts[0].particle : undefined;
}

/**
 * The particle whose place others may take: of those that are healthy and not behind the one that remembers the best
 * score, or without scores that of the lowest loss; of equal ones the lowest number.
 */
export function leaderOf(
  snapshots: readonly Snapshot[],
  behind: readonly number[],
): Snapshot | undefined {
  const merit = ({ bestScore, epochLoss = Number.POSITIVE_INFINITY }: Snapshot) =>
    bestScore ?? -epochLoss;
  return snapshots
    .filter(({ healthy, particle }) => healthy && behind[particle] === 0)
    .reduce<Snapshot | undefined>(
      (best, each) => (best === undefined || merit(each) > merit(best) ? each : best),
      undefined,
    );
}
