import { describe, expect, it } from "vitest";
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  normaliseAxes,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.js";

describe("shapes", () => {
  it("have a size and row-major strides", () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
  });

  it("compare and print", () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
    expect(formatShape([64, 3])).toBe("[64, 3]");
  });

  it("broadcast by NumPy's rule", () => {
    expect(broadcastShapes([4, 1, 3], [2, 1])).toEqual([4, 2, 3]);
    expect(broadcastShapes([], [5])).toEqual([5]);
    expect(broadcastShapes([0], [1])).toEqual([0]);
    expect(() => broadcastShapes([2, 3], [4, 3])).toThrow(
      new RangeError("shapes [2, 3] and [4, 3] do not broadcast"),
    );
  });

  it("give stride 0 along broadcast axes", () => {
    expect(broadcastStrides([2, 1], [4, 2, 3])).toEqual([0, 1, 0]);
    expect(broadcastStrides([4, 2, 3], [4, 2, 3])).toEqual([6, 3, 1]);
  });

  it("count axes from either end", () => {
    expect(normaliseAxes([-1, 0], 3)).toEqual([0, 2]);
    for (const bad of [[3], [-4], [1, -2], [0.5]]) {
      expect(() => normaliseAxes(bad, 3)).toThrow("not distinct axes of a rank-3 tensor");
    }
  });
});
