import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { pulled } from "./velocity.js";

test("a velocity is kept, and pulled to its own best and to that of all", () => {
  const random = new Random({ seed: 1, purpose: "search" });
  const from = (pulls: { inertia?: number; own?: number; all?: number }) =>
    pulled(0.5, 0.25, 1, 0, { inertia: 0, own: 0, all: 0, ...pulls }, random);
  expect(from({ inertia: 0.5 })).toBe(0.125);
  expect(from({ own: 1 })).toBeGreaterThan(0);
  expect(from({ all: 1 })).toBeLessThan(0);
});
