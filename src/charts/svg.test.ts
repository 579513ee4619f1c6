import { describe, expect, test } from "vitest";
import { heatMap } from "./heatMap.js";
import { lineCharts, roundTicks } from "./lineChart.js";

/** Fails unless every element is closed in order. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name, self] of svg.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
    if (closing) expect(open.pop()).toBe(name);
    else if (!self) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

const chart = (...points: [number, number][]) =>
  lineCharts("a run", [{ title: "Loss", xLabel: "epoch", series: [{ name: "training", points }] }]);

describe("line charts", () => {
  test.each([
    [0, 1, undefined, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.91, 0.998, undefined, [0.9, 0.92, 0.94, 0.96, 0.98, 1]],
    [1, 3, 1, [1, 2, 3]],
    [5, 5, 1, [5, 6]],
    [0, 0, undefined, [0, 0.2]],
    [120, 2400, undefined, [0, 500, 1000, 1500, 2000, 2500]],
  ])("has round numbers that cover %d to %d", (low, high, smallest, expected) => {
    expect(roundTicks(low, high, smallest)).toEqual(expected);
  });

  test.each([
    ["several points", chart([1, 0.5], [2, 0.25], [3, 0.2])],
    ["one point", chart([1, 0.5])],
    ["none", chart()],
    ["a point that is not finite", chart([1, 0.5], [2, Number.NaN], [3, Number.POSITIVE_INFINITY])],
  ])("is well formed with %s", (_, svg) => expectWellFormed(svg));

  test("draws one dot a finite point", () => {
    expect(chart([1, 0.5], [2, Number.NaN], [3, 0.2]).match(/<circle/g)).toHaveLength(2);
  });
});

describe("heat maps", () => {
  const map = (names: string[], rows: number[][]) =>
    heatMap({ title: "x", rowLabel: "true class", columnLabel: "predicted class", names, rows });

  test("shows each count but zeros, and names as text", () => {
    const svg = map(
      ["cat & <dog>", "b"],
      [
        [7, 0],
        [2, 5],
      ],
    );
    expectWellFormed(svg);
    expect(svg).toContain("cat &amp; &lt;dog&gt;");
    expect([...svg.matchAll(/>(\d)</g)].map(([, count]) => count)).toEqual(["7", "2", "5"]);
  });

  test("names hold no control characters, which XML does not know", () => {
    const svg = map(
      ["\u001b[31mred", "b\u0007"],
      [
        [1, 0],
        [0, 1],
      ],
    );
    expect(svg).toContain("\\u001b[31mred");
    expect(svg.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  test("of many classes has colours only", () => {
    const names = Array.from({ length: 100 }, (_, at) => `class ${at}`);
    const svg = map(
      names,
      names.map((_, row) => names.map((__, column) => +(row === column))),
    );
    expectWellFormed(svg);
    expect(svg.match(/<rect/g)).toHaveLength(100 * 100 + 2);
    expect(svg).not.toContain("class 7<");
  });

  test("a row without images stays white", () => {
    expectWellFormed(
      map(
        ["a", "b"],
        [
          [0, 0],
          [0, 3],
        ],
      ),
    );
  });
});
