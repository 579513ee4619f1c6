// Values of the tests of the GTN library (github.com/gtn-org/gtn, test/).

import { expect, test } from "vitest";
import {
  asgTarget,
  automaton,
  ctcTarget,
  emissions,
  forwardScore,
  gradients,
  intersect,
  subtractScores,
  transitions,
  viterbiPath,
  viterbiScore,
} from "./index.js";

const arc = (source: number, target: number, weight: number, label = 0) =>
  [source, target, label, label, weight] as const;

test("two steps of three arcs each", () => {
  const arcs = [0, 1].flatMap((at) =>
    [1, 2, 3].map((weight) => arc(at, at + 1, weight, weight - 1)),
  );
  const of = automaton({ states: 3, start: [0], final: [2], arcs });
  expect(forwardScore(of).value).toBeCloseTo(6.8152, 4);
  expect(viterbiScore(of).value).toBe(6);
  expect([...viterbiPath(of)!.outputs]).toEqual([2, 2]);
});

test("two starts, one of which the other leads to", () => {
  const arcs = [arc(0, 1, -5), arc(0, 2, 1), arc(1, 2, 2)];
  const of = automaton({ states: 3, start: [0, 1], final: [2], arcs });
  const score = forwardScore(of);
  const all = Math.exp(1) + Math.exp(-3) + Math.exp(2);
  expect(score.value).toBeCloseTo(Math.log(all), 12);
  const [{ weight }] = gradients(score, [of]);
  const expected = [Math.exp(-3), Math.exp(1), Math.exp(-3) + Math.exp(2)];
  expected.forEach((one, at) => {
    expect(weight[at]).toBeCloseTo(one / all, 12);
  });
});

test("two ends, one of which leads to the other", () => {
  const arcs = [arc(0, 1, 2), arc(0, 2, 2), arc(1, 2, 2)];
  const of = automaton({ states: 3, start: [0], final: [1, 2], arcs });
  expect(forwardScore(of).value).toBeCloseTo(Math.log(2 * Math.exp(2) + Math.exp(4)), 12);
});

test("several starts and ends", () => {
  const arcs = [
    arc(0, 1, 2, 0),
    arc(0, 2, 1, 1),
    arc(1, 2, 2, 0),
    arc(2, 3, 1, 0),
    arc(2, 3, 1, 1),
    arc(1, 4, 2, 0),
    arc(2, 4, 3, 1),
    arc(3, 4, 2, 0),
  ];
  const of = automaton({ states: 5, start: [0, 1], final: [3, 4], arcs });
  expect(forwardScore(of).value).toBeCloseTo(8.36931, 4);
});

test("CTC of five frames: the gradient is probabilities less occupancies", () => {
  const probabilities = [
    [0.633766, 0.221185, 0.0917319, 0.0129757, 0.0142857, 0.0260553],
    [0.111121, 0.588392, 0.278779, 0.0055756, 0.00569609, 0.010436],
    [0.0357786, 0.633813, 0.321418, 0.00249248, 0.00272882, 0.0037688],
    [0.0663296, 0.643849, 0.280111, 0.00283995, 0.0035545, 0.00331533],
    [0.458235, 0.396634, 0.123377, 0.00648837, 0.00903441, 0.00623107],
  ];
  const target = [0, 1, 2, 1, 0];
  const net = emissions(probabilities.flat().map(Math.log), 5, 6);
  const loss = subtractScores(
    forwardScore(net),
    forwardScore(intersect(net, ctcTarget(target, 5))),
  );
  expect(loss.value).toBeCloseTo(3.34211, 4);
  const [{ weight }] = gradients(loss, [net]);
  probabilities.flat().forEach((one, at) => {
    const truth = at % 6 === target[Math.floor(at / 6)] ? 1 : 0;
    // The probabilities have six digits, and their rows sum to 1 as far as that.
    expect(weight[at]).toBeCloseTo(one - truth, 5);
  });
});

test("CTC of three even frames", () => {
  const net = emissions(new Float64Array(12).fill(Math.log(0.25)), 3, 4);
  const loss = -forwardScore(intersect(net, ctcTarget([1, 2], 3))).value;
  expect(loss).toBeCloseTo(-Math.log(5 / 64), 12);
});

test("the best path of ASG", () => {
  const net = emissions([0, 0, 7, 5, 4, 3, 5, 8, 5, 5, 4, 3], 4, 3);
  // Rows: the class before; columns: the class behind it.
  const pairs = transitions([0, 0, 2, 2, 0, 0, 0, 2, 0], 3);
  const all = intersect(net, pairs);
  expect([...viterbiPath(all)!.outputs]).toEqual([2, 1, 1, 0]);
  const forced = intersect(net, intersect(asgTarget([2, 1, 0]), pairs));
  expect(viterbiScore(forced).value).toBe(viterbiScore(all).value);
  expect(subtractScores(forwardScore(all), forwardScore(forced)).value).toBeGreaterThan(0);
});
