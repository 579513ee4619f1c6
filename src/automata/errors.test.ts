// What is refused, and what infinite weights and missing paths come to.

import { describe, expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import {
  type Arc,
  type Automaton,
  asgTarget,
  automaton,
  bestPaths,
  bestStrings,
  closure,
  compose,
  concat,
  ctcTarget,
  ctcTopology,
  emissions,
  forwardScore,
  gradients,
  intersect,
  negateScore,
  removeEpsilon,
  type Score,
  samplePath,
  stringAcceptor,
  subtractScores,
  transitions,
  union,
  viterbiPath,
  viterbiScore,
  withWeights,
} from "./index.js";

const line = (...arcs: Arc[]) => automaton({ states: 3, start: [0], final: [2], arcs });
const loop = (weight: number) => line([0, 1, 0, 0], [1, 1, 1, 1, weight], [1, 2, 0, 0]);
const empty = automaton({ states: 0, start: [], final: [], arcs: [] });
const random = new Random({ seed: 1, purpose: "search" });

describe("refused", () => {
  test.each<[string, () => unknown]>([
    [
      "automaton: -1 states; expected a whole number from 0",
      () => automaton({ states: -1, start: [], final: [], arcs: [] }),
    ],
    ["automaton: arc 1 names state 3; expected 0 to 2", () => line([0, 1, 0, 0], [0, 3, 0, 0])],
    [
      "automaton: arc 0 has label -2; expected a whole number from 0 to 2147483646, or -1 for none",
      () => line([0, 1, 0, -2]),
    ],
    ["automaton: arc 0 has label 1.5", () => line([0, 1, 1.5, 0])],
    ["automaton: arc 0 has weight NaN", () => line([0, 1, 0, 0, Number.NaN])],
    [
      "automaton: start state 4; expected a whole number below 1",
      () => automaton({ states: 1, start: [4], final: [], arcs: [] }),
    ],
    [
      "automaton: final state 0 is named twice",
      () => automaton({ states: 1, start: [], final: [0, [0, 1]], arcs: [] }),
    ],
    [
      "automaton: start state 0 has weight NaN",
      () => automaton({ states: 1, start: [[0, Number.NaN]], final: [], arcs: [] }),
    ],
    [
      "automaton: arc 0 has label 2; expected a whole number from 0 to 1, or -1 for none",
      () =>
        automaton({
          states: 1,
          start: [],
          final: [],
          arcs: [[0, 0, 2, 0]],
          symbols: { input: ["a", "b"] },
        }),
    ],
    ["withWeights: weight has 1 numbers; expected 3", () => withWeights(loop(0), { weight: [1] })],
    ["withWeights: final has NaN at 1", () => withWeights(loop(0), { final: [0, Number.NaN, 0] })],
    [
      "forwardScore: arcs lead from state 1 back to it; expected no cycle",
      () => forwardScore(loop(-1)),
    ],
    ["samplePath: arcs lead from state 1 back to it", () => samplePath(loop(-1), random)],
    [
      "forwardScore: state 1 is no start state and has no arc into it, but leads to final state 2",
      () => forwardScore(line([0, 2, 0, 0], [1, 2, 0, 0])),
    ],
    [
      "best path: it gains by going round in a circle through state 1; expected cycles whose weights sum to 0 or less",
      () => viterbiScore(loop(1)),
    ],
    [
      "best path: arc 1 has weight Infinity; expected a number, as arcs go round in a circle",
      () => viterbiPath(loop(Infinity)),
    ],
    ["bestPaths: 0 wanted; expected a whole number from 1", () => bestPaths(loop(0), 0)],
    ["bestStrings: 1.5 wanted; expected a whole number from 1", () => bestStrings(loop(0), 1.5)],
    [
      "samplePath: the score of all paths is Infinity; expected a number",
      () => samplePath(line([0, 2, 0, 0, Infinity]), random),
    ],
    [
      "intersect: arc 0 reads 1 and says 2; expected acceptors, or compose()",
      () => intersect(stringAcceptor([1]), line([0, 2, 1, 2])),
    ],
    [
      'compose: different alphabets, of 2 and 2 labels; label 1 is "b" and "c"; expected the same',
      () => compose(stringAcceptor([0], ["a", "b"]), stringAcceptor([0], ["a", "c"])),
    ],
    [
      'union: different alphabets, of 1 and 2 labels; label 1 is nothing and "b"',
      () => union([stringAcceptor([0], ["a"]), stringAcceptor([0], ["a", "b"])]),
    ],
    [
      "removeEpsilon: epsilon arcs lead from state 0 back to it; expected no cycle of epsilons",
      () => removeEpsilon(closure(stringAcceptor([]))),
    ],
    [
      "gradients: removeEpsilon has no gradient",
      () => {
        const of = loop(0);
        return gradients(viterbiScore(concat([removeEpsilon(of)])), [of]);
      },
    ],
    [
      "emissions of 2 frames and 3 classes: scores has 5 numbers; expected 6",
      () => emissions([1, 2, 3, 4, 5], 2, 3),
    ],
    [
      "emissions of 1 frames and 1 classes: scores has NaN at 0",
      () => emissions([Number.NaN], 1, 1),
    ],
    [
      "stringAcceptor: label 1 is -1; expected a whole number from 0 to 2147483646",
      () => stringAcceptor([0, -1]),
    ],
    ["ctcTarget: label 1 is the blank, 3; expected another class", () => ctcTarget([0, 3], 3)],
    [
      "ctcTarget: label 0 is 5; expected a whole number from 0 to 1",
      () => ctcTarget([5], 1, { symbols: ["a", "-"] }),
    ],
    ["blank is 3; expected a class from 0 to 2", () => ctcTopology(3, 3)],
    ["asgTarget: no labels; expected one at least", () => asgTarget([])],
    [
      "subtractScores: operand 1 is no score; expected one, as forwardScore() gives",
      () => subtractScores(forwardScore(empty), loop(0) as unknown as Score),
    ],
    [
      "transitions: 3 scores; expected 4, a row of 2 for each class",
      () => transitions([0, 0, 0], 2),
    ],
  ])("%s", (message, make) => {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ name: "InputError" }));
  });
});

describe("without a path", () => {
  const dead = [
    empty,
    automaton({ states: 2, start: [], final: [1], arcs: [[0, 1, 0, 0]] }),
    line([0, 2, 0, 0, -Infinity]),
    automaton({ states: 2, start: [0], final: [], arcs: [[0, 1, 0, 0]] }),
  ];

  test.each(dead.map((of, at) => [at, of] as const))(
    "automaton %i has no score and no gradient",
    (_, of) => {
      const scores = [forwardScore(of), viterbiScore(of)];
      for (const score of scores) {
        expect(score.value).toBe(-Infinity);
        const [{ weight, start, final }] = gradients(score, [of]);
        for (const numbers of [weight, start, final])
          expect(numbers.every((one) => one === 0)).toBe(true);
      }
      expect(viterbiPath(of)).toBeUndefined();
      expect(samplePath(of, random)).toBeUndefined();
      expect(bestPaths(of, 3)).toEqual([]);
      expect(bestStrings(of)).toEqual([]);
    },
  );

  test("a loss is Infinity, and moves nothing", () => {
    const net = emissions([0.5, 0.1], 1, 2);
    const truth = forwardScore(intersect(net, ctcTarget([0, 0], 1)));
    const loss = subtractScores(forwardScore(net), truth);
    expect(loss.value).toBe(Infinity);
    expect(gradients(loss, [net])[0].weight).toEqual(Float64Array.of(0, 0));
    expect(subtractScores(truth, truth).value).toBe(Infinity);
    expect(negateScore(negateScore(truth)).value).toBe(-Infinity);
  });

  test("composition and union of nothing are empty", () => {
    expect(compose(stringAcceptor([1]), stringAcceptor([2])).states).toBe(0);
    expect(union([]).states).toBe(0);
    expect(viterbiPath(concat([]))!.score).toBe(0);
    expect(compose(empty, loop(0)).states).toBe(0);
  });
});

test("Infinity is the score of all paths where one has it, and no number is NaN", () => {
  const of = line(
    [0, 1, 0, 0, Infinity],
    [1, 2, 0, 0],
    [0, 2, 1, 1, -Infinity],
    [1, 2, 2, 2, -Infinity],
  );
  for (const one of [of, compose(of, emissions([0, 0, 0, 0, -1, 0], 2, 3))]) {
    expect([forwardScore(one).value, viterbiScore(one).value]).toEqual([Infinity, Infinity]);
    expect(gradients(forwardScore(one), [of])[0].weight).toEqual(new Float64Array(4));
  }
  const gone = compose(of, emissions([-Infinity, 0, 0, 0, 0, 0], 2, 3));
  expect(forwardScore(gone).value).toBe(-Infinity);
  expect(gone.weight.some(Number.isNaN)).toBe(false);
  const aside = automaton({
    states: 3,
    start: [0],
    final: [2],
    arcs: [
      [0, 1, 0, 0, Infinity],
      [0, 2, 0, 0, -1],
    ],
  });
  expect(forwardScore(aside).value).toBe(-1);
  expect(gradients(forwardScore(aside), [aside])[0].weight).toEqual(Float64Array.of(0, 1));
});

test("the best path goes through cycles that do not gain", () => {
  const of = automaton({
    states: 4,
    start: [0],
    final: [3],
    arcs: [
      [0, 2, 0, 0, -5],
      [0, 1, 1, 1, -1],
      [1, 2, 2, 2, -1],
      [2, 1, 3, 3, -0.5],
      [1, 3, 4, 4, -9],
      [2, 3, 5, 5, 0],
      [1, 1, 6, 6, 0],
    ],
  });
  expect([...viterbiPath(of)!.outputs]).toEqual([1, 2, 5]);
  expect(gradients(viterbiScore(of), [of])[0].weight).toEqual(Float64Array.of(0, 1, 1, 0, 0, 1, 0));
  expect(bestPaths(of, 3).map(({ score }) => score)).toEqual([-2, -2, -2]);
});

test("score of equals: the first path in the order of arcs", () => {
  const twins: Automaton = line([0, 1, 0, 0], [0, 1, 1, 1], [1, 2, 2, 2], [1, 2, 3, 3]);
  expect([...viterbiPath(twins)!.outputs]).toEqual([0, 2]);
  expect(bestPaths(twins, 4).map(({ outputs }) => [...outputs])).toEqual([
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
  ]);
  const ends = automaton({
    states: 3,
    start: [0],
    final: [1, 2],
    arcs: [
      [0, 2, 0, 0],
      [0, 1, 1, 1],
    ],
  });
  expect(viterbiPath(ends)!.end).toBe(1);
});

test("epsilons that nothing can take make no circle", () => {
  const of = line([0, 1, -1, -1, -1], [1, 0, -1, -1, -Infinity], [1, 2, 0, 0]);
  expect(viterbiScore(removeEpsilon(of)).value).toBe(-1);
});
