import { expect, test } from "vitest";
import { operatingPoints } from "./precisionRecall.js";

const answers = (scores: number[], truths: number[]) => ({ name: "a", scores, truths });
const rows = (points: ReturnType<typeof operatingPoints>) =>
  points.map(({ score, precision, recall, f1 }) => [score, precision, recall, f1]);

test("each score is a point, equal scores are one", () => {
  const found = operatingPoints(answers([0.1, 0.4, 0.35, 0.8, 0.4], [0, 0, 1, 1, 1]));
  expect(rows(found)).toEqual([
    [0.8, 1, 1 / 3, 0.5],
    [0.4, 2 / 3, 2 / 3, 2 / 3],
    [0.35, 3 / 4, 1, 6 / 7],
    [0.1, 3 / 5, 1, 3 / 4],
  ]);
});

test("without a true answer there is nothing to recall", () => {
  expect(operatingPoints(answers([1, 2], [0, 0]))).toEqual([]);
});

test("of many points some stay, the first and the last among them", () => {
  const scores = Array.from({ length: 1000 }, (_, at) => at);
  const found = operatingPoints(
    answers(
      scores,
      scores.map((at) => at % 2),
    ),
    60,
  );
  expect(found.length).toBeGreaterThanOrEqual(60);
  expect(found.length).toBeLessThanOrEqual(61);
  expect([found[0].score, found[found.length - 1].score]).toEqual([999, 0]);
});
