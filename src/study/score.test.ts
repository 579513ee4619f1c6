import { expect, test } from "vitest";
import { type ScoreScale, standardError } from "./score.js";

const accuracy: ScoreScale = { metric: "accuracy", better: "higher", unit: "share", images: 1000 };

test("the error of an accuracy is that of its images, and that of its seeds where they scatter more", () => {
  const ofImages = Math.sqrt((0.9 * 0.1) / 2000);
  expect(standardError([0.9, 0.9], accuracy)).toBeCloseTo(ofImages, 4);
  // Seeds 20 points apart: std 0.1414, over the root of two.
  expect(standardError([0.8, 1], accuracy)).toBeCloseTo(0.1, 12);
  expect(standardError([0.9], accuracy)).toBeCloseTo(Math.sqrt(2) * ofImages, 3);
});

test("that of any other score is not known of one run", () => {
  const mae: ScoreScale = { metric: "mae", better: "lower", unit: "number", images: 10 };
  expect(standardError([3], mae)).toBe(Number.POSITIVE_INFINITY);
  expect(standardError([3, 5], mae)).toBeCloseTo(1, 12);
});
