import { describe, expect, test } from "vitest";
import { ownRandom, sharedRandom } from "./random.js";
import { parseRates, type RatePolicy, rateOf, shareOf, wild } from "./rates.js";

const rates = (policy: RatePolicy, epochs: number, particle = 0, seed = 1) =>
  Array.from({ length: epochs }, (_, epoch) => rateOf(policy, { epoch, particle, seed }));

test("a range may end with the first epoch, and none before it", () => {
  expect(parseRates("0.001..0.1@1/0.0001..0.001", 1)[0]).toMatchObject({ kind: "random" });
  expect(() => parseRates("0.001..0.1@0/0.0001..0.001", 1)).toThrow();
});

test("rates that are spread lie evenly around that of the run, the lowest first", () => {
  const shares = [0, 1, 2, 3].map((particle) => shareOf(8, particle, 4));
  expect(shares[3] / shares[0]).toBeCloseTo(8, 12);
  expect(shares[0] * shares[3]).toBeCloseTo(1, 12);
  expect(shares[2] / shares[1]).toBeCloseTo(2, 12);
  expect(shareOf(8, 0, 1)).toBe(1);
});

describe("a rate", () => {
  test("that is fixed stays", () => {
    expect(rates({ kind: "fixed", rate: 0.03 }, 3)).toEqual([0.03, 0.03, 0.03]);
  });

  test("that is random is log-uniform: each tenfold range is as likely", () => {
    const drawn = rates(wild, 4000);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1e-5);
    expect(Math.max(...drawn)).toBeLessThan(1e-1);
    for (const exponent of [-5, -4, -3, -2]) {
      const within = drawn.filter((rate) => Math.floor(Math.log10(rate)) === exponent);
      expect(within.length / drawn.length).toBeCloseTo(1 / 4, 1);
    }
  });

  test("is a function of seed, epoch and particle alone", () => {
    expect(rates(wild, 5)).toEqual(rates(wild, 5));
    expect(new Set([...rates(wild, 5), ...rates(wild, 5, 1), ...rates(wild, 5, 0, 2)]).size).toBe(
      15,
    );
  });

  test("does not come from what a round draws", () => {
    const [first] = rates({ kind: "random", ranges: [{ until: 1, low: 1, high: Math.E }] }, 1);
    for (const other of [ownRandom(1, 0, 0), sharedRandom(1, 0)]) {
      expect(Math.log(first)).not.toBeCloseTo(other.uniform(), 6);
    }
  });

  test("of ranges that end is drawn from the first that has not; the last one never does", () => {
    const [policy] = parseRates("0.001..0.1@30/0.00001..0.001", 1);
    const drawn = rates(policy, 60);
    expect(drawn.slice(0, 30).every((rate) => rate >= 1e-3)).toBe(true);
    expect(drawn.slice(30).every((rate) => rate < 1e-3)).toBe(true);
  });
});

describe("a list", () => {
  test("holds numbers, ranges and names", () => {
    expect(parseRates("0.1, 3e-2,fast,conservative,random,wild,0.001..0.1", 7)).toEqual([
      { kind: "fixed", rate: 0.1 },
      { kind: "fixed", rate: 0.03 },
      { kind: "fixed", rate: 0.01 },
      { kind: "fixed", rate: 0.001 },
      wild,
      wild,
      { kind: "random", ranges: [{ until: Number.POSITIVE_INFINITY, low: 0.001, high: 0.1 }] },
    ]);
  });

  test("of another length than the swarm is refused", () => {
    expect(() => parseRates("0.1,0.03,random", 4)).toThrow(
      'the list of learning rates "0.1,0.03,random" has 3 entries for 4 particles; give one for each',
    );
  });

  test.each([
    "0",
    "-0.1",
    "",
    "NaN",
    "Infinity",
    "0.1..0.01",
    "0.1..",
    "0.1..0.2..0.3",
    "0.1..0.2@30",
    "0.1..0.2@0/0.01..0.1",
    "0.1..0.2@30@40/0.01..0.1",
    "0.1..0.2@30/0.01..0.1@20/0.1..0.2",
    "0.1..0.2/0.01..0.1",
  ])('the word "%s" is refused', (word) => {
    expect(() => parseRates(`0.1,${word}`, 2)).toThrow(`learning rate "${word}"`);
  });

  test("a mistyped name is refused with the nearest one", () => {
    expect(() => parseRates("randon", 1)).toThrow(
      'learning rate "randon" (did you mean "random"?)',
    );
  });
});
