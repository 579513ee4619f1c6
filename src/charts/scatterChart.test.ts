import { expect, test } from "vitest";
import { scatterCharts } from "./scatterChart.js";

const chart = (...points: [string, number, number, boolean?][]) =>
  scatterCharts("fronts", [
    {
      ...{ title: "net", xLabel: "KB" },
      points: points.map(([name, x, y, marked]) => ({ name, x, y, marked })),
    },
  ]);

test("each point has a dot and its name, on the side where there is room", () => {
  const svg = chart(["small", 1, 90], ["as it was", 100, 99, true]);
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toMatch(/<text[^>]*text-anchor="start"[^>]*>small</);
  expect(svg).toMatch(/<text[^>]*text-anchor="end"[^>]*>as it was</);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test("one point, and none", () => {
  expect(chart(["alone", 5, 5])).not.toMatch(/NaN|undefined/);
  expect(chart()).toContain("fronts");
});
