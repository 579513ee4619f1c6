import { expect, test } from "vitest";
import type { SmallDataPlan } from "./plan.js";
import { reportOf, type SplitResult } from "./report.js";
import { smallDataCells, smallDataRemarks } from "./tables.js";

const score = { metric: "balancedAccuracy", better: "higher", unit: "share" } as const;
const plan = {
  kind: "small-data",
  methods: ["ce", "harmonic"].map((name) => ({ name, tuned: true, settings: {} })),
  ...{ perClass: 50, splits: 2, inOrder: false, seeds: [1, 2], space: "lr=log:1e-4:0.1" },
  ...{ trials: 20, least: 10, settings: { data: "set" }, data: { name: "set" } },
} as SmallDataPlan;

const result = (method: string, split: number, ...scores: (number | undefined)[]): SplitResult => ({
  ...{ method, split, settings: { lr: 0.1 } },
  runs: scores.map((score, at) => ({ seed: at + 1, score })),
});

test("differences are paired by split, and intervals are over splits", () => {
  const { rows, complete } = reportOf(plan, score, [
    ...[result("ce", 0, 0.5, 0.52), result("ce", 1, 0.6, 0.6)],
    ...[result("harmonic", 0, 0.55, 0.57), result("harmonic", 1, 0.67, 0.67)],
  ]);
  expect(complete).toBe(true);
  const [ce, harmonic] = rows;
  expect(ce.value!.mean).toBeCloseTo(0.555, 12);
  // Student's t of one degree, 12.706, times the standard error of 0.51 and 0.6.
  expect(ce.value!.high! - ce.value!.mean).toBeCloseTo(12.7062 * 0.045, 4);
  expect(harmonic.versus!.mean).toBeCloseTo(0.06, 12);
  expect(harmonic.versus!.high! - harmonic.versus!.mean).toBeCloseTo(12.7062 * 0.01, 4);
  expect(ce.versus).toBeUndefined();
});

test("with one split they are over seeds", () => {
  const [, harmonic] = reportOf({ ...plan, splits: 1 }, score, [
    result("ce", 0, 0.5, 0.52),
    result("harmonic", 0, 0.55, 0.59),
  ]).rows;
  expect(harmonic.versus!.mean).toBeCloseTo(0.06, 12);
  expect(harmonic.versus!.low).toBeLessThan(0.06);
});

test("runs that diverged, and searches that failed, are told", () => {
  const failed: SplitResult = { method: "harmonic", split: 0, runs: [] };
  const report = reportOf({ ...plan, splits: 1 }, score, [result("ce", 0, 0.5, undefined), failed]);
  expect(report.complete).toBe(true);
  const { rows } = smallDataCells(report);
  expect(rows[0].slice(0, 4)).toEqual(["ce", "2 (1 diverged)", "50.00", "-"]);
  expect(rows[1]).toEqual(["harmonic", "0", "-", "-", "-", "-", "-"]);
  expect(smallDataRemarks(report)).toContain(
    "harmonic: all trials of a search have failed; its runs are missing",
  );
  const part = reportOf(plan, score, [result("ce", 0, 0.5)]);
  expect(part.complete).toBe(false);
  expect(smallDataRemarks(part).at(-1)).toBe(
    "not all runs are over; the rest may change everything",
  );
});
