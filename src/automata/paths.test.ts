// Operations against all paths of random automata, one by one.

import { describe, expect, test } from "vitest";
import {
  composedRelation,
  logSum,
  pathsOf,
  randomAutomaton,
  relationGap,
  relationOf,
} from "../../test/support/automata.js";
import { Random } from "../tensor/philox.js";
import {
  type Automaton,
  addScores,
  arcsort,
  automaton,
  bestPaths,
  bestStrings,
  closure,
  compose,
  concat,
  connect,
  ctcTarget,
  ctcTopology,
  emissions,
  forwardScore,
  gradients,
  intersect,
  invert,
  negateScore,
  pathAutomaton,
  project,
  removeEpsilon,
  reverse,
  type Score,
  samplePath,
  stringAcceptor,
  subtractScores,
  union,
  viterbiPath,
  viterbiScore,
  withWeights,
} from "./index.js";

const seeds = Array.from({ length: 60 }, (_, seed) => seed);
const automata = seeds.map((seed) => randomAutomaton(seed));
const CLOSE = 1e-9;

const gap = (a: number, b: number) => (a === b ? 0 : Math.abs(a - b));

/** The greatest difference of a gradient from central differences of the score that it is of. */
function gradientGap(of: Automaton, score: (of: Automaton) => Score): number {
  const [found] = gradients(score(of), [of]);
  const step = 1e-5;
  return Math.max(
    ...(["weight", "start", "final"] as const).flatMap((name) =>
      Array.from(of[name], (value, at) => {
        if (value === -Infinity) return Math.abs(found[name][at]);
        const moved = (by: number) =>
          score(withWeights(of, { [name]: of[name].with(at, value + by) })).value;
        const slope = (moved(step) - moved(-step)) / (2 * step);
        return Math.abs(found[name][at] - (Number.isFinite(slope) ? slope : 0));
      }),
    ),
  );
}

describe("scores", () => {
  test("are the log of the sum, and the greatest, of all paths", () => {
    for (const of of automata) {
      const scores = pathsOf(of).map(({ score }) => score);
      expect(gap(forwardScore(of).value, logSum(scores))).toBeLessThan(CLOSE);
      expect(gap(viterbiScore(of).value, Math.max(...scores))).toBeLessThan(CLOSE);
    }
  });

  test("have the share of the paths through an arc as gradient, and the best path", () => {
    for (const of of automata) {
      const paths = pathsOf(of);
      const all = logSum(paths.map(({ score }) => score));
      const best = paths.reduce((a, b) => (b.score > a.score ? b : a));
      const [occupancy] = gradients(forwardScore(of), [of]);
      const [used] = gradients(viterbiScore(of), [of]);
      const share = (has: (path: (typeof paths)[number]) => boolean) =>
        paths.reduce((sum, path) => sum + (has(path) ? Math.exp(path.score - all) : 0), 0);
      occupancy.weight.forEach((one, arc) => {
        expect(
          gap(
            one,
            share(({ arcs }) => arcs.includes(arc)),
          ),
        ).toBeLessThan(CLOSE);
        expect(used.weight[arc]).toBe(best.arcs.includes(arc) ? 1 : 0);
      });
      for (let state = 0; state < of.states; state++) {
        expect(
          gap(
            occupancy.start[state],
            share(({ start }) => start === state),
          ),
        ).toBeLessThan(CLOSE);
        expect(
          gap(
            occupancy.final[state],
            share(({ end }) => end === state),
          ),
        ).toBeLessThan(CLOSE);
      }
    }
  });
});

describe("paths", () => {
  test("the best ones come in order, each once", () => {
    for (const of of automata) {
      const scores = pathsOf(of).map(({ score }) => score);
      scores.sort((a, b) => b - a);
      const found = bestPaths(of, 5);
      expect(found).toHaveLength(Math.min(5, scores.length));
      found.forEach(({ score }, at) => {
        expect(gap(score, scores[at])).toBeLessThan(CLOSE);
      });
      expect(new Set(found.map(({ start, arcs }) => `${start}:${arcs}`)).size).toBe(found.length);
      expect(found[0].score).toBe(viterbiPath(of)!.score);
    }
  });

  test("the best strings have the scores of all of their paths", () => {
    for (const of of automata) {
      const said = relationOf(project(of, "output"));
      const strings = bestStrings(of, 1000);
      const scores = [...said.values()].sort((a, b) => b - a);
      expect(strings).toHaveLength(scores.length);
      strings.forEach(({ labels, score }, at) => {
        expect(gap(score, scores[at])).toBeLessThan(CLOSE);
        const text = [...labels].join(" ");
        expect(gap(score, said.get(`${text}:${text}`)!)).toBeLessThan(CLOSE);
      });
      expect(strings.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    }
  });

  test("random ones come as often as their scores say", () => {
    const of = automata.find((one) => pathsOf(one).length >= 6)!;
    const paths = pathsOf(of);
    const all = logSum(paths.map(({ score }) => score));
    const random = new Random({ seed: 7, purpose: "search" });
    const counts = new Map<string, number>();
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      const { start, arcs } = samplePath(of, random)!;
      counts.set(`${start}:${arcs}`, (counts.get(`${start}:${arcs}`) ?? 0) + 1);
    }
    for (const { start, arcs, score } of paths) {
      const probability = Math.exp(score - all);
      const share = (counts.get(`${start}:${arcs}`) ?? 0) / draws;
      expect(Math.abs(share - probability)).toBeLessThan(
        4.5 * Math.sqrt(probability / draws) + 1e-3,
      );
    }
  });

  test("become automata through which gradients go", () => {
    for (const of of automata) {
      const path = viterbiPath(of)!;
      const chain = pathAutomaton(path);
      const score = forwardScore(chain);
      expect(score.value).toBeCloseTo(path.score, 9);
      expect(gradients(score, [of])).toEqual(gradients(viterbiScore(of), [of]));
    }
  });
});

describe("composition", () => {
  const triples = seeds.map((seed) => [100, 200, 300].map((by) => randomAutomaton(by + seed, 2)));

  test("is that of the relations, epsilons included, each pair of paths once", () => {
    let filtered = 0;
    for (const [a, b] of triples) {
      const composed = compose(a, b);
      const expected = composedRelation(relationOf(a), relationOf(b));
      expect(relationGap(relationOf(composed), expected)).toBeLessThan(CLOSE);
      expect(connect(composed).states).toBe(composed.states);
      filtered += composed.states > 0 && a.output.includes(-1) && b.input.includes(-1) ? 1 : 0;
    }
    expect(filtered).toBeGreaterThan(30);
  });

  test("is associative", () => {
    for (const [a, b, c] of triples) {
      const left = compose(compose(a, b), c);
      const right = compose(a, compose(b, c));
      expect(gap(forwardScore(left).value, forwardScore(right).value)).toBeLessThan(CLOSE);
      expect(relationGap(relationOf(left), relationOf(right))).toBeLessThan(CLOSE);
    }
  });

  test("passes gradients on to both sides", () => {
    for (const [a, b] of triples.slice(0, 25)) {
      const log = (of: Automaton, other: Automaton) => forwardScore(compose(of, other));
      expect(gradientGap(a, (one) => log(one, b))).toBeLessThan(1e-7);
      expect(gradientGap(b, (one) => log(a, one))).toBeLessThan(1e-7);
      expect(gradientGap(a, (one) => log(one, invert(one)))).toBeLessThan(1e-7);
    }
  });

  test("finds the same states by hash as by an array", () => {
    // 3,000 x 3,000 pairs are too many for an array; 40 x 40 are not.
    for (const length of [40, 3000]) {
      // Two ways lead to each pair: it is found again.
      const frames = emissions(new Float64Array(2 * length), length, 2);
      const composed = intersect(frames, frames);
      expect(composed.states).toBe(length + 1);
      expect(forwardScore(composed).value).toBeCloseTo(length * Math.log(2), 8);
    }
  });

  test("reads labels with gaps and doubles, whichever side has more", () => {
    const choice = (labels: readonly number[]) =>
      automaton({
        states: 2,
        start: [0],
        final: [1],
        arcs: labels.map((label, at) => [0, 1, label, label, at / 7] as const),
      });
    const wide = choice([52, 3, 4, 4, 9, 50, 51, 5, 60]);
    for (const labels of [[4, 51, 9, 4, 60, 7], [60], [4, 4], [52, 2, 61], [3, 9]]) {
      const thin = choice(labels);
      const expected = composedRelation(relationOf(wide), relationOf(thin));
      expect(relationGap(relationOf(compose(wide, thin)), expected)).toBeLessThan(CLOSE);
      expect(relationGap(relationOf(compose(thin, wide)), expected)).toBeLessThan(CLOSE);
    }
  });
});

describe("other operations", () => {
  test("union adds, concat multiplies, reverse and invert turn round", () => {
    for (const seed of seeds.slice(1)) {
      const [a, b] = [automata[seed - 1], automata[seed]];
      const [one, other] = [forwardScore(a).value, forwardScore(b).value];
      expect(gap(forwardScore(union([a, b])).value, logSum([one, other]))).toBeLessThan(CLOSE);
      expect(gap(forwardScore(concat([a, b])).value, one + other)).toBeLessThan(CLOSE);
      expect(gap(forwardScore(reverse(connect(a))).value, one)).toBeLessThan(CLOSE);
      const turned = new Map(
        [...relationOf(a)].map(([key, score]) => [key.split(":").reverse().join(":"), score]),
      );
      expect(relationGap(relationOf(invert(a)), turned)).toBeLessThan(CLOSE);
      const backwards = new Map(
        [...relationOf(a)].map(([key, score]) => [
          key
            .split(":")
            .map((text) => text.split(" ").reverse().join(" "))
            .join(":"),
          score,
        ]),
      );
      expect(relationGap(relationOf(reverse(a)), backwards)).toBeLessThan(CLOSE);
    }
  });

  test("closure accepts any number of repetitions", () => {
    const frames = emissions([0.1, -2, 0.4, -1, 0.3, 0.2], 3, 2);
    const pair = stringAcceptor([1, 0]);
    const word = union([stringAcceptor([0]), pair]);
    const scores = [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ].map((labels) => labels.reduce((sum, label, at) => sum + frames.weight[2 * at + label], 0));
    expect(forwardScore(intersect(frames, closure(word))).value).toBeCloseTo(logSum(scores), 9);
    expect(forwardScore(intersect(emissions([], 0, 2), closure(word))).value).toBe(0);
  });

  test("connect, arcsort and removal of epsilons keep the relation", () => {
    let removed = 0;
    for (const of of automata) {
      const expected = relationOf(of);
      for (const other of [
        connect(of),
        arcsort(of, "input"),
        arcsort(of, "output"),
        removeEpsilon(of),
      ]) {
        expect(relationGap(relationOf(other), expected)).toBeLessThan(CLOSE);
      }
      const best = removeEpsilon(of, "tropical");
      expect(gap(viterbiScore(best).value, viterbiScore(of).value)).toBeLessThan(CLOSE);
      const isEmpty = (one: Automaton) => (label: number, arc: number) =>
        label < 0 && one.output[arc] < 0;
      expect(best.input.some(isEmpty(best))).toBe(false);
      removed += of.input.some(isEmpty(of)) ? 1 : 0;
      const sorted = arcsort(of, "input");
      for (let arc = 1; arc < sorted.source.length; arc++) {
        const [before, here] = [sorted.source[arc - 1], sorted.source[arc]];
        expect(
          before < here || (before === here && sorted.input[arc - 1] <= sorted.input[arc]),
        ).toBe(true);
      }
    }
    expect(removed).toBeGreaterThan(20);
  });

  test("all of them pass gradients on, through many and more than once", () => {
    for (const seed of seeds.slice(0, 20)) {
      const [of, other] = [automata[seed], automata[seed + 20]];
      const scores: ((of: Automaton) => Score)[] = [
        (one) => forwardScore(union([one, other, one])),
        (one) => forwardScore(concat([one, other, one])),
        (one) => forwardScore(reverse(connect(arcsort(project(one, "input"), "output")))),
        (one) =>
          forwardScore(
            intersect(
              emissions([0.3, -1, 0.2, -0.4, 0, 1], 2, 3),
              closure(project(nonEmpty(one), "output")),
            ),
          ),
        (one) =>
          subtractScores(
            addScores(forwardScore(one), viterbiScore(one)),
            negateScore(forwardScore(one)),
          ),
      ];
      for (const score of scores) expect(gradientGap(of, score)).toBeLessThan(1e-7);
    }
  });

  /** What says one thing more in front, so that it says something. */
  const nonEmpty = (of: Automaton) => concat([stringAcceptor([0]), of]);
});

test("CTC's graph of a string is its topology composed with the string", () => {
  const random = new Random({ seed: 3, purpose: "search" });
  for (let round = 0; round < 30; round++) {
    const frames = 1 + random.integer(5);
    const scores = Float64Array.from({ length: 4 * frames }, () => random.normal());
    const labels = Array.from({ length: random.integer(4) }, () => 1 + random.integer(3));
    const net = emissions(scores, frames, 4);
    const topology = compose(ctcTopology(4, 0), stringAcceptor(labels));
    const direct = forwardScore(intersect(net, ctcTarget(labels, 0))).value;
    expect(gap(forwardScore(compose(net, topology)).value, direct)).toBeLessThan(CLOSE);
  }
});
