import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../tensor/philox.js";
import { expectedFTags } from "./expectedF.js";
import { crossFit, fOfImages, type Judged, tuneThresholds } from "./thresholds.js";

/** Images whose tags are there as often as their probabilities say. */
function honest(images: number, tags: number, seed: number): Judged {
  const random = new Random({ seed, purpose: "search" });
  const probabilities = Array.from({ length: images * tags }, () => random.uniform() ** 2);
  return { probabilities, truth: probabilities.map((p) => Number(random.uniform() < p)), tags };
}

const even = (tags: number, from: number) => new Array<number>(tags).fill(from);

describe("tuned thresholds", () => {
  test("are never worse than where they start, on the images that chose them", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.constantFrom(0.2, 0.5),
        fc.constantFrom(1, 2),
        (seed, start, beta) => {
          const judged = honest(20, 4, seed);
          const tuned = tuneThresholds(judged, { start, beta });
          expect(fOfImages(judged, tuned, beta)).toBeGreaterThanOrEqual(
            fOfImages(judged, even(4, start), beta),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test("of F2 are below one half, and hold on other images", () => {
    const [chosen, other] = [honest(400, 6, 1), honest(400, 6, 2)];
    const tuned = tuneThresholds(chosen);
    expect(tuned.filter((from) => from < 0.5).length).toBeGreaterThanOrEqual(5);
    expect(fOfImages(other, tuned)).toBeGreaterThan(fOfImages(other, even(6, 0.5)) + 0.02);
  });

  test("go over the tags again: what is best for one depends on the others", () => {
    const gains = [...Array(10).keys()].map((seed) => {
      const judged = honest(60, 5, seed);
      const [once, often] = [1, 5].map((passes) =>
        fOfImages(judged, tuneThresholds(judged, { passes })),
      );
      return often - once;
    });
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...gains)).toBeGreaterThan(0);
  });

  test("are told by images that did not choose them", () => {
    const judged = honest(200, 5, 4);
    const [fitted, held] = [fOfImages(judged, tuneThresholds(judged)), crossFit(judged)];
    expect(held).toBeLessThan(fitted);
    expect(held).toBeGreaterThan(fOfImages(judged, even(5, 0.5)));
    expect(crossFit(judged)).toBe(held);
    expect(crossFit(judged, { seed: 1 })).not.toBe(held);
  });
});

/** The F that can be expected of a set, from every outcome. */
function expectedF(
  probabilities: readonly number[],
  said: readonly number[],
  beta: number,
): number {
  const tags = probabilities.length;
  let sum = 0;
  for (let outcome = 0; outcome < 2 ** tags; outcome++) {
    const there = probabilities.map((_, tag) => (outcome >> tag) & 1);
    const chance = probabilities.reduce((all, p, tag) => all * (there[tag] ? p : 1 - p), 1);
    const truth = there.reduce((a, b) => a + b, 0);
    const right = said.filter((tag) => there[tag]).length;
    const whole = beta * beta * truth + said.length;
    sum += chance * (whole === 0 ? 1 : ((1 + beta * beta) * right) / whole);
  }
  return sum;
}

test("the set of the largest expected F is the best of all sets", () => {
  const probability = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
  fc.assert(
    fc.property(
      fc.array(probability, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0.5, 1, 2),
      (probabilities, beta) => {
        const found = expectedF(probabilities, expectedFTags(probabilities, beta), beta);
        for (let set = 0; set < 2 ** probabilities.length; set++) {
          const said = [...probabilities.keys()].filter((tag) => (set >> tag) & 1);
          expect(expectedF(probabilities, said, beta)).toBeLessThanOrEqual(found + 1e-12);
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** The F that can be expected of a set where the first three tags are one of three, from every outcome. */
function expectedOfGroup(
  [a, b, c, ...rest]: readonly number[],
  said: readonly number[],
  beta: number,
): number {
  return [a, b, c].reduce((sum, p, one) => {
    const certain = [0, 1, 2].map((tag) => Number(tag === one));
    return sum + p * expectedF([...certain, ...rest], said, beta);
  }, 0);
}

test("with a group, of which one tag is said, no other set of the others is better", () => {
  const percent = fc.integer({ min: 0, max: 100 }).map((value) => value / 100);
  const group = fc
    .tuple(fc.integer({ min: 1, max: 100 }), fc.nat(100), fc.nat(100))
    .map((parts) => parts.map((part) => part / (parts[0] + parts[1] + parts[2])));
  fc.assert(
    fc.property(
      group,
      fc.array(percent, { maxLength: 4 }),
      fc.constantFrom(0.5, 1, 2),
      (joint, rest, beta) => {
        const probabilities = [...joint, ...rest];
        const tags = expectedFTags(probabilities, beta, [[0, 1, 2]]);
        const leaders = tags.filter((tag) => tag < 3);
        expect(leaders).toEqual([joint.indexOf(Math.max(...joint))]);
        const found = expectedOfGroup(probabilities, tags, beta);
        for (let set = 0; set < 2 ** rest.length; set++) {
          const said = [
            ...leaders,
            ...[...rest.keys()].filter((at) => (set >> at) & 1).map((at) => at + 3),
          ];
          expect(expectedOfGroup(probabilities, said, beta)).toBeLessThanOrEqual(found + 1e-12);
        }
      },
    ),
    { numRuns: 60 },
  );
});
