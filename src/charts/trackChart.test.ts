import { describe, expect, test } from "vitest";
import { type PrincipalPlane, principalPlane } from "../tensor/principalPlane.js";
import { trackChart } from "./trackChart.js";

const plane: PrincipalPlane = {
  x: Float64Array.of(-4, 0, 4, -4, 0),
  y: Float64Array.of(0, 2, -1, 3, -4),
  shares: [0.75, 0.2],
};

/** Centres of circles of a fill. */
const circles = (svg: string, fill: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4.5" fill="([^"]+)"/g)]
    .filter(([, , , found]) => found === fill)
    .map(([, x, y]) => [Number(x), Number(y)]);

describe("chart of tracks", () => {
  const svg = trackChart("Tracks", plane, [
    { name: "particle 0", points: [0, 1, 2] },
    { name: "particle 1", points: [3, 4] },
  ]);

  test("has a line for each particle, a ring where it began and a disc where it ended", () => {
    expect(
      [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, p]) => p.split(" ").length),
    ).toEqual([3, 2]);
    expect(circles(svg, "#fff")).toHaveLength(2);
    expect(circles(svg, "#0072b2")).toHaveLength(1);
    expect(circles(svg, "#d55e00")).toHaveLength(1);
  });

  test("measures both directions alike, with y upwards", () => {
    const [[x0, y0], [x1, y1]] = circles(svg, "#fff");
    // From (-4, 0) to (-4, 3), and from there to (0, -4).
    const [[x2, y2]] = circles(svg, "#d55e00");
    expect(x1).toBe(x0);
    expect(y1).toBeLessThan(y0);
    expect((y0 - y1) / 3).toBeCloseTo((x2 - x1) / 4, 1);
    expect((y2 - y1) / 7).toBeCloseTo((x2 - x1) / 4, 1);
  });

  test("says how much of the variance each direction holds", () => {
    expect(svg).toContain("component 1, 75 % of the variance");
    expect(svg).toContain("component 2, 20 % of the variance");
  });

  test.each([
    ["points that all coincide", principalPlane(Float64Array.of(1, 1, 1, 1), 2), [0, 1]],
    ["no points", principalPlane(new Float64Array(0), 0), []],
  ])("of %s has no number that is none", (_, none, points) => {
    const empty = trackChart("Tracks", none, [{ name: "a & b", points }]);
    expect(empty).not.toMatch(/NaN|Infinity|undefined/);
    expect(empty).toContain("a &amp; b");
  });
});
