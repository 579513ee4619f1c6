import { describe, expect, test } from "vitest";
import {
  betterHalf,
  extension,
  finalRate,
  middleOfBest,
  type RateScore,
  verdictOf,
} from "./rates.js";
import type { ScoreScale } from "./score.js";

const rate = (lr: number, ...scores: number[]): RateScore => ({ lr, scores, diverged: false });
const wild = (lr: number, ...scores: number[]): RateScore => ({ lr, scores, diverged: true });
const scale: ScoreScale = {
  ...{ metric: "accuracy", better: "higher", unit: "share" },
  ...{ constant: 0.5, images: 1000 },
};

describe("a first round", () => {
  test.each<[string, RateScore[], string]>([
    ["with a clear order", [rate(0.01, 0.6), rate(0.1, 0.9)], "named"],
    ["without differences", [rate(0.01, 0.9), rate(0.1, 0.91), rate(1, 0.905)], "alike"],
    ["in which one rate diverged", [rate(0.01, 0.9), rate(0.1, 0.91), wild(1)], "named"],
    ["in which nothing beats a constant answer", [rate(0.01, 0.5), rate(0.1, 0.52)], "unlearned"],
    ["in which all rates diverged", [wild(0.01, 0.9), wild(0.1)], "unlearned"],
    ["of one rate", [rate(0.01, 0.9)], "named"],
  ])("%s", (_, rates, verdict) => {
    expect(verdictOf(rates, scale)).toBe(verdict);
  });

  test("on few images is no ground for a claim", () => {
    const rates = [rate(0.01, 0.6), rate(0.1, 0.9)];
    expect(verdictOf(rates, { ...scale, images: 10 })).toBe("alike");
    expect(verdictOf(rates, { ...scale, constant: 0.9 })).toBe("unlearned");
  });
});

test("seeds that scatter more than images explain are no ground for a claim either", () => {
  const apart = [rate(0.01, 0.55, 0.75), rate(0.1, 0.6, 0.9)];
  expect(verdictOf(apart, scale)).not.toBe("named");
  expect(verdictOf([rate(0.01, 0.64, 0.66), rate(0.1, 0.74, 0.76)], scale)).toBe("named");
});

describe("the grid grows", () => {
  const grid = [0.001, 0.01, 0.1];
  const rising = [rate(0.001, 0.6), rate(0.01, 0.7), rate(0.1, 0.8)];

  test("where the best rate lies at its end", () => {
    expect(extension(rising, grid, scale)).toBe(1);
    expect(extension([rate(0.001, 0.9), ...rising.slice(1)], grid, scale)).toBe(0.0001);
    expect(extension([...rising, rate(1, 0.9)], grid, scale)).toBe(10);
  });

  test("and nowhere else", () => {
    expect(extension([...rising, rate(1, 0.1)], grid, scale)).toBeUndefined();
    expect(extension([...rising, wild(1, 0.9)], grid, scale)).toBeUndefined();
    expect(extension([rate(0.1, 0.9), rate(1, 0.9)], [0.1, 1], scale)).toBeUndefined();
    expect(extension([rate(0.1, 0.9)], [0.1], scale)).toBeUndefined();
    expect(extension([wild(0.1), wild(1)], grid, scale)).toBeUndefined();
  });

  test("by three rates at the most", () => {
    const far = [rate(1, 0.9), rate(10, 0.91), rate(100, 0.92)];
    expect(extension([...rising, ...far], grid, scale)).toBeUndefined();
  });
});

test("the better half goes on, the best first; who diverged is out", () => {
  const rates = [rate(1, 0.2), rate(2, 0.9, 0.7), rate(3, 0.85), wild(4, 0.99), rate(5, 0.3)];
  expect(betterHalf(rates, scale)).toEqual([3, 2, 5]);
});

describe("the rate that is named", () => {
  // One standard error of 0.9 on 2000 images: 0.0067.
  const near = [rate(0.01, 0.897, 0.895), rate(0.03, 0.88, 0.88), rate(0.1, 0.9, 0.9)];
  const far = rate(0.001, 0.8, 0.8);

  test("is the middle of those that chance cannot tell from the best", () => {
    expect(middleOfBest([far, ...near], scale)).toBe(0.03);
    expect(middleOfBest([far, near[0], near[2]], scale)).toBe(0.032);
    expect(middleOfBest(near, { ...scale, images: 1_000_000 })).toBe(0.1);
    expect(middleOfBest([far], scale)).toBe(0.001);
    expect(middleOfBest([wild(0.1)], scale)).toBeUndefined();
  });

  test("had as many runs as any, and never diverged", () => {
    const rates = [rate(0.01, 0.95), rate(0.03, 0.9, 0.9), wild(0.1, 0.99, 0.99)];
    expect(middleOfBest(rates, scale)).toBe(0.03);
    expect(finalRate(rates, 0.03, scale)).toBe(rates[1]);
    expect(finalRate([wild(0.1)], undefined, scale)).toBeUndefined();
  });

  test("is the best one where the middle is worse or diverged", () => {
    const middle = rate(0.032, 0.896, 0.896);
    expect(finalRate([far, near[0], middle, near[2]], 0.032, scale)).toBe(middle);
    expect(finalRate([far, ...near], 0.03, scale)).toBe(near[2]);
    expect(finalRate([near[0], wild(0.032, 0.9), near[2]], 0.032, scale)).toBe(near[2]);
  });
});

test("an error of which less is better, and chance by how the runs scatter", () => {
  const errors: ScoreScale = { metric: "mae", better: "lower", unit: "number", images: 10 };
  const rates = [rate(0.01, 9, 9.2), rate(0.1, 2, 2.4), rate(1, 2.1, 2.4)];
  expect(verdictOf(rates, errors)).toBe("named");
  expect(betterHalf(rates, errors)).toEqual([0.1, 1]);
  expect(middleOfBest(rates, errors)).toBe(0.32);
  expect(verdictOf([rate(0.01, 9), rate(0.1, 2)], errors)).toBe("alike");
});
