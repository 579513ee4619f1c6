import { expect, test } from "vitest";
import type { Contender } from "./contender.js";
import { measure, quantile } from "./measure.js";

test("quantiles interpolate between neighbours", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  expect(quantile([7], 0.75)).toBe(7);
});

/** A contender whose steps take the given seconds in turn, and which notes when it runs. */
function contender(name: string, seconds: readonly number[], log: string[]): Contender {
  let at = 0;
  return {
    ...{ version: "1", setting: "", parameters: 1 },
    async run(steps) {
      log.push(name);
      return steps * seconds[at++ % seconds.length];
    },
    close: async () => {},
  };
}

test("rounds alternate, and medians and spreads are of single steps in milliseconds", async () => {
  const log: string[] = [];
  // One step fills a round, so every call is a round; the first call of each finds that out.
  const a = contender("a", [1, 2, 4, 3, 1], log);
  const b = contender("b", [8], log);
  const [first, second] = await measure([[a], [b]], 4);
  expect(log.join("")).toBe("abababababab".slice(0, 10));
  expect(first).toEqual({ at: 0, medianMs: 2500, spreadMs: 1500 });
  expect(second).toEqual({ at: 0, medianMs: 8000, spreadMs: 0 });
});

test("fast steps fill a round together, after one that is not timed", async () => {
  const steps: number[] = [];
  const fast: Contender = {
    ...{ version: "1", setting: "", parameters: 1 },
    async run(count) {
      steps.push(count);
      return count * 0.01;
    },
    close: async () => {},
  };
  await measure([[fast]], 2);
  expect(steps).toEqual([1, 1, 40, 1, 40]);
});

test("a side counts with the setting of the best median, although another one won the first round", async () => {
  const log: string[] = [];
  const hasty = contender("h", [1, 1, 9, 9, 9], log);
  const steady = contender("s", [5, 4, 4, 4, 4], log);
  const other = contender("o", [6], log);
  const [own, peer] = await measure([[hasty, steady], [other]], 2);
  expect(log.join("")).toBe("hsohsohso");
  expect(own).toEqual({ at: 1, medianMs: 4000, spreadMs: 0 });
  expect(peer.at).toBe(0);
});

test("settings that are slower by half have three rounds only", async () => {
  const log: string[] = [];
  const [own] = await measure([[contender("s", [16], log), contender("f", [10], log)]], 5);
  expect(log.join("")).toBe("sfsfsfsfff");
  expect(own).toEqual({ at: 1, medianMs: 10_000, spreadMs: 0 });
});
