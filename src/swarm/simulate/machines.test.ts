import { expect, test } from "vitest";
import { Fates } from "./machines.js";

const equal = { processes: 4, work: 10, seed: 1 };

test("work that differs has a normal logarithm around what is said", () => {
  const fates = new Fates({ ...equal, jitter: 0.3 });
  const logs = Array.from({ length: 4000 }, (_, at) =>
    Math.log(fates.seconds(at % 4, Math.floor(at / 4)) / 10),
  );
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const cubes = logs.reduce((sum, value) => sum + ((value - mean) / 0.3) ** 3, 0);
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.sqrt(squares / logs.length)).toBeCloseTo(0.3, 1);
  expect(Math.abs(cubes / logs.length)).toBeLessThan(0.15);
});

test("who is lost works for a while, is gone, and begins anew", () => {
  const fates = new Fates({ ...equal, lost: { every: 20, gone: 100 } });
  const took = Array.from({ length: 400 }, (_, round) => fates.seconds(0, round));
  const lost = took.filter((seconds) => seconds !== 10);
  expect(lost.length).toBeGreaterThan(100);
  const before = lost.map((seconds) => seconds - 100 - 10);
  expect(Math.min(...before)).toBeGreaterThan(0);
  expect(Math.max(...before)).toBeLessThan(10);
  // Some are lost early, some late.
  expect(Math.min(...before)).toBeLessThan(2);
  expect(Math.max(...before)).toBeGreaterThan(8);
});

test("a share that is less than one process is one process", () => {
  const fates = new Fates({ ...equal, slow: { share: 0.01, times: 3 } });
  expect([0, 1, 2, 3].map((process) => fates.seconds(process, 0))).toEqual([30, 10, 10, 10]);
});
