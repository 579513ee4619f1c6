import { expect, test } from "vitest";
import { parallelChart } from "./parallelChart.js";

const axes = ["lr", "batch", "accuracy"].map((name) => ({ name, marks: [{ at: 0, text: "low" }] }));

test("has a line through the places of each thing, parted where it has none, the best on top", () => {
  const svg = parallelChart("a search", axes, [
    { at: [0, 0.5, 1], merit: 1, marked: true },
    { at: [1, undefined, 0], merit: 0 },
  ]);
  const places = [...svg.matchAll(/points="([^"]+)"/g)].map(([, points]) => points);
  expect(places).toEqual(["70,370.0 200,220.0 330,70.0"]);
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg.indexOf("<circle")).toBeLessThan(svg.indexOf("<polyline"));
  expect(svg).not.toMatch(/NaN|undefined/);
});

test("is drawn without things, too", () => {
  expect(parallelChart("nothing yet", axes.slice(0, 1), [])).toContain("nothing yet");
});
