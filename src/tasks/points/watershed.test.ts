import { describe, expect, test } from "vitest";
import { blackTopHat, bordersOf, watershed } from "./watershed.js";

/** What SciPy 1.17 (`black_tophat`, size 7) and scikit-image 0.26 (`watershed`, `find_boundaries`) make of the map below. */
const cases = [
  {
    size: { height: 8, width: 9 },
    points: [10, 34, 61],
    ...{ sum: 66.617427, most: 1.917153 },
    basins: "111122222 111122222 111122222 111112222 111122222 111222233 111222333 112222333",
    borders: "...##.... ...##.... ...##.... ....##... ...##..## ..##..### ..##.##.. .##..##..",
  },
  {
    size: { height: 9, width: 12 },
    points: [0, 17, 50, 93],
    ...{ sum: 92.255153, most: 1.811837 },
    basins:
      "133322222444 333322222444 333322224444 333332244444 333344444444 333444444444 333444444444 334444444444 444444444444",
    borders:
      "##.##...##.. #..##...##.. ...##..##... ....####.... ...####..... ..##........ ..##........ ###......... ##..........",
  },
];

describe.each(cases)("a map of $size.height x $size.width", ({ size, points, ...wanted }) => {
  const { height, width } = size;
  const map = Float64Array.from({ length: height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return Math.sin(1.3 * x + 0.2 * y * y) * Math.cos(0.9 * y - 0.15 * x);
  });
  const heights = blackTopHat(map, size);

  test("has the top-hat that SciPy gives", () => {
    expect(heights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(wanted.sum, 5);
    expect(Math.max(...heights)).toBeCloseTo(wanted.most, 5);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
  });

  test("has the basins and borders that scikit-image gives", () => {
    const basins = watershed(heights, size, points);
    expect(basins.join("")).toBe(wanted.basins.replaceAll(" ", ""));
    const borders = new Set(bordersOf(basins, size));
    const drawn = Array.from(basins, (_, at) => (borders.has(at) ? "#" : "."));
    expect(drawn.join("")).toBe(wanted.borders.replaceAll(" ", ""));
  });
});
