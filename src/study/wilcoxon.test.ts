// The signed-rank test against SciPy's and against all ways to set signs.

import fc from "fast-check";
import { expect, test } from "vitest";
import { holm, signedRank } from "./wilcoxon.js";

/** p by trying every way to set the signs. */
function byEnumeration(differences: readonly number[]): number {
  const sizes = differences.filter((value) => value !== 0).map(Math.abs);
  const rankOf = (size: number) =>
    sizes.filter((other) => other < size).length +
    (sizes.filter((other) => other === size).length + 1) / 2;
  const ranks = sizes.map(rankOf);
  const known = differences.filter((value) => value !== 0);
  const unevenness = (isPlus: (at: number) => boolean) =>
    Math.abs(ranks.reduce((sum, rank, at) => sum + (isPlus(at) ? rank : -rank), 0));
  const found = unevenness((at) => known[at] > 0);
  let [asUneven, ways] = [0, 0];
  for (let signs = 0; signs < 2 ** known.length; signs++) {
    ways++;
    if (unevenness((at) => ((signs >> at) & 1) === 1) >= found) asUneven++;
  }
  return asUneven / ways;
}

test("agrees with scipy.stats.wilcoxon", () => {
  const differences = [1.1, -0.4, 2.5, 3.2, -0.9, 0.7, 1.9, 2.2];
  const { plus, minus, count, p } = signedRank(differences);
  expect([plus, minus, count]).toEqual([32, 4, 8]);
  expect(p).toBeCloseTo(0.0546875, 12);
});

test("counts ties and zeros as all ways to set signs do", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 10 }), (differences) => {
      expect(signedRank(differences).p).toBeCloseTo(byEnumeration(differences), 12);
    }),
    { numRuns: 50 },
  );
});

test("does not depend on the sign, and says nothing of nothing", () => {
  const differences = [3, -1, 2, 5, -4];
  expect(signedRank(differences.map((value) => -value)).p).toBe(signedRank(differences).p);
  expect(signedRank([0, 0])).toEqual({ plus: 0, minus: 0, count: 0, p: 1 });
});

test("Holm's values rise with the p values and never pass 1", () => {
  expect(holm([0.5, 0.6, 0.001])).toEqual([1, 1, 0.003]);
  expect(holm([])).toEqual([]);
});
