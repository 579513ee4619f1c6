import { describe, expect, test } from "vitest";
import { leaderOf, roundsBehind } from "./behind.js";
import type { Snapshot } from "./coupling.js";

const CONSTANT = 2.3;

/** Snapshots of particles with these losses. */
const withLosses = (losses: readonly number[], more: Partial<Snapshot> = {}): Snapshot[] =>
  losses.map((epochLoss, particle) => ({ particle, healthy: true, lr: 0.1, epochLoss, ...more }));

describe("who is behind", () => {
  test("has come less than three quarters as far as the best", () => {
    // Of 2 that the best came down, 1.5 are asked: a loss of 0.8.
    expect(roundsBehind(withLosses([0.3, 0.79, 0.81, 2.3]), CONSTANT)).toEqual([0, 0, 1, 1]);
  });

  test("is counted on while it stays so, and from 0 when it came near", () => {
    const counted = withLosses([0.3, 0.5, 2.3], { behind: 3 });
    expect(roundsBehind(counted, CONSTANT)).toEqual([0, 0, 4]);
  });

  test("is nobody while nobody is clearly better than a constant answer", () => {
    expect(roundsBehind(withLosses([2.31, 2.4, 20]), CONSTANT)).toEqual([0, 0, 0]);
    expect(roundsBehind(withLosses([2.2, 2.4]), CONSTANT)).toEqual([0, 0]);
    expect(roundsBehind(withLosses([2.18, 2.4]), CONSTANT)).toEqual([0, 1]);
  });

  test("is whose weights ran away, also while nobody is better than a constant answer", () => {
    expect(roundsBehind(withLosses([2.31, 2.4, 50]), CONSTANT)).toEqual([0, 0, 1]);
    expect(roundsBehind(withLosses([8, 50, 90]), CONSTANT)).toEqual([0, 0, 1]);
    expect(roundsBehind(withLosses([-2, -1]), -1)).toEqual([0, 0]);
  });

  test("is who diverged, and nobody who has no epoch behind it; the best is looked for among the others", () => {
    const [first, lost, fresh] = withLosses([1, 0.1, 2.3]);
    const round = [first, { ...lost, healthy: false }, { ...fresh, epochLoss: undefined }];
    expect(roundsBehind(round, CONSTANT)).toEqual([0, 1, 0]);
  });

  test("is never who has the best score alone, whatever the loss of the epoch", () => {
    const scored = (scores: readonly number[]) =>
      withLosses([0.3, 2.2, 2.3]).map((each, at) => ({ ...each, score: scores[at] }));
    expect(roundsBehind(scored([0.5, 0.9, 0.1]), CONSTANT)).toEqual([0, 0, 1]);
    expect(roundsBehind(scored([0.5, 0.9, 0.9]), CONSTANT)).toEqual([0, 1, 1]);
    const [one, lost, two] = scored([0.5, 0.95, 0.9]);
    expect(roundsBehind([one, { ...lost, healthy: false }, two], CONSTANT)).toEqual([0, 1, 0]);
    expect(roundsBehind(scored([0.5, Number.NaN, 0.1]), CONSTANT)).toEqual([0, 1, 1]);
  });

  test("is nobody where no loss of a constant answer is known", () => {
    expect(roundsBehind(withLosses([0.1, 5]), Number.NaN)).toEqual([0, 0]);
  });
});

describe("whose place is taken", () => {
  const scored = withLosses([0.3, 0.2, 0.4]).map((each, at) => ({
    ...each,
    bestScore: [0.8, 0.8, 0.9][at],
  }));

  test("is that of the best remembered score; of equal ones the lowest number", () => {
    expect(leaderOf(scored, [0, 0, 0])?.particle).toBe(2);
    expect(leaderOf(scored, [0, 0, 1])?.particle).toBe(0);
  });

  test("is that of the lowest loss without scores", () => {
    expect(leaderOf(withLosses([0.3, 0.2, 0.4]), [0, 0, 0])?.particle).toBe(1);
  });

  test("is nobody's where all diverged or are behind", () => {
    expect(leaderOf(withLosses([1, 2], { healthy: false }), [0, 0])).toBeUndefined();
    expect(leaderOf(withLosses([1, 2]), [1, 1])).toBeUndefined();
  });
});
