import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { after } from "./timer.js";

const DAY = 24 * 3600 * 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([1, DAY, 42 * DAY, 400 * DAY])("%d ms are over when they are", (milliseconds) => {
  let calls = 0;
  after(milliseconds, () => calls++);
  vi.advanceTimersByTime(milliseconds - 1);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(1);
  expect(calls).toBe(1);
  vi.advanceTimersByTime(100 * DAY);
  expect(calls).toBe(1);
});

test("what is forgotten, in whichever part of it, and what never comes leave no timer", () => {
  const forget = after(60 * DAY, () => expect.unreachable());
  vi.advanceTimersByTime(30 * DAY);
  forget();
  after(Number.POSITIVE_INFINITY, () => expect.unreachable());
  expect(vi.getTimerCount()).toBe(0);
});
