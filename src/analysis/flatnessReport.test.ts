import { expect, test } from "vitest";
import type { Flatness } from "./flatness.js";
import { flatnessChart, flatnessTable } from "./flatnessReport.js";

const profile = (slope: number): Flatness => ({
  ...{ error: 0.01, images: 100, draws: 20 },
  points: [0, 0.25, 0.5].map((sigma) => ({
    sigma,
    energy: (slope * sigma) / 3,
    standardError: 0.001 * sigma,
  })),
});

test("the table has one row a strength, of six digits", () => {
  expect(flatnessTable(profile(1)).split("\n")).toEqual([
    "sigma,energy,standardError",
    "0,0,0",
    "0.25,0.0833333,0.00025",
    "0.5,0.166667,0.0005",
    "",
  ]);
});

test("the chart has a line for each profile, in points, over strengths between 0 and 0.5", () => {
  const svg = flatnessChart([
    { name: "flat", ...profile(0.3) },
    { name: "sharp", ...profile(1.5) },
  ]);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(6);
  for (const words of [">flat<", ">sharp<", ">0.1<", ">0.5<", ">25<"]) expect(svg).toContain(words);
});
