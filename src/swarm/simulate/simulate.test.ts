import { expect, test } from "vitest";
import { type Simulated, simulate } from "./index.js";

const plan: Simulated = {
  ...{ processes: 4, work: 10, bytes: 100, rounds: 20, seed: 1 },
  network: { each: 50, latency: 0.5 },
};

test("a round of equal machines is work, one publication, and those of all others, one after the other", () => {
  const { seconds, times, sent, read, late, work } = simulate(plan);
  // 10 of work, 2 and 0.5 to publish, 6 and 0.5 to read.
  expect(seconds).toBeCloseTo(20 * 19, 9);
  expect(times[0]).toBeCloseTo(12.5, 9);
  expect(times.slice(1).every((time) => Math.abs(time - 19) < 1e-9)).toBe(true);
  expect([sent, read, late, work]).toEqual([20 * 400, 20 * 1200, 0, 200]);
});

test("a place that gives less than its readers could take is the limit", () => {
  const { times } = simulate({ ...plan, network: { each: 1e9, all: 100, latency: 0 } });
  // 400 bytes are written, 1,200 read.
  expect(times[5]).toBeCloseTo(10 + 4 + 12, 5);
});

test("a slow machine holds all, unless they have a deadline: then it comes to some rounds", () => {
  const slow = { ...plan, slow: { share: 0.25, times: 5 } };
  const held = simulate(slow);
  expect(held.times[3]).toBeCloseTo(50 + 2.5 + 6.5, 9);
  const free = simulate({ ...slow, wait: 1 });
  // The first round waits for it, and no other one.
  expect(free.times[0]).toBeCloseTo(12.5 + 1, 9);
  expect(free.times[3]).toBeCloseTo(10 + 2.5 + 4.5, 9);
  // Its publications take 52.5 seconds each, the rounds of the others 17 to 19.
  expect(free.late).toBeGreaterThan(0.15);
  expect(free.late).toBeLessThan(0.2);
  expect(free.read).toBeLessThan(held.read);
});

test("what happens is drawn by the seed: work that differs, and processes that are lost", () => {
  const uneven = { ...plan, jitter: 0.2, lost: { every: 200, gone: 30 }, rounds: 200 };
  const found = simulate(uneven);
  expect(simulate(uneven)).toEqual(found);
  expect(simulate({ ...uneven, seed: 2 }).seconds).not.toBe(found.seconds);
  // The slowest of four counts.
  const withoutLoss = simulate({ ...uneven, lost: undefined });
  expect(withoutLoss.seconds).toBeGreaterThan(1.05 * simulate({ ...plan, rounds: 200 }).seconds);
  const losses = 200 * 4 * (1 - Math.exp(-10 / 200));
  expect(found.seconds - withoutLoss.seconds).toBeGreaterThan(0.5 * losses * 30);
  expect(found.seconds - withoutLoss.seconds).toBeLessThan(1.5 * losses * 45);
});

test("a process that comes back after a loss is waited for again", () => {
  const lost = { every: 100, gone: 60 };
  const { late, times } = simulate({ ...plan, lost, wait: 2, rounds: 300 });
  expect(late).toBeGreaterThan(0.05);
  expect(late).toBeLessThan(0.9);
  expect(Math.max(...times.slice(1))).toBeLessThan(10 + 9 + 2 + 1e-9 + 100);
});

test("a hundred thousand and more processes can be simulated", () => {
  const { seconds } = simulate({
    ...plan,
    processes: 200_000,
    rounds: 1,
    network: { each: 1e9, latency: 0 },
  });
  expect(seconds).toBeCloseTo(10 + 200_000 * 100e-9, 3);
});
