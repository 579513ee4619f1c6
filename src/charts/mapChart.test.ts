import { expect, test } from "vitest";
import { type MapPoint, mapChart } from "./mapChart.js";

const draw = (points: readonly MapPoint[], groups: readonly string[] = []) =>
  mapChart({ title: "a <map>", note: "a note", groups, points });

/** Looks of the marks: element with its fill, those of the legend behind those of the points. */
const marks = (svg: string) =>
  [...svg.matchAll(/<(circle|polygon) [^>]*fill="([^"]+)"/g)].map(
    ([, shape, fill]) => shape + fill,
  );

test("classes differ by colour, then by shape, and the legend has the same marks", () => {
  const groups = Array.from({ length: 12 }, (_, at) => `class ${at}`);
  const svg = draw(
    groups.map((name, at) => ({ x: at, y: -at, title: name, group: at })),
    groups,
  );
  const found = marks(svg);
  expect(found).toHaveLength(24);
  expect(found.slice(0, 12)).toEqual(found.slice(12));
  const shapes = [...svg.matchAll(/<(circle|polygon) .*?>/g)].slice(0, 12).map(([whole]) => {
    const corners = whole.match(/points="([^"]+)"/)?.[1].split(" ").length ?? 0;
    return corners + whole.match(/fill="([^"]+)"/)![1];
  });
  expect(new Set(shapes).size).toBe(12);
});

test("of more classes than marks the largest have their own", () => {
  const groups = Array.from({ length: 40 }, (_, at) => `class ${at}`);
  const points = Array.from({ length: 120 }, (_, at) => ({
    ...{ x: at, y: at % 7, title: "t" },
    // The last classes have most images.
    group: at < 40 ? at : 20 + (at % 20),
  }));
  const svg = draw(points, groups);
  expect(svg).toContain(">class 39<");
  expect(svg).not.toContain(">class 17<");
  expect(svg).toContain(">15 other classes<");
});

test("one scale holds for both directions, upwards is more", () => {
  const svg = draw([
    { x: 0, y: 0, title: "a" },
    { x: 2, y: 1, title: "b" },
  ]);
  const [[x0, y0], [x1, y1]] = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  expect((x1 - x0) / 2).toBeCloseTo(y0 - y1, 1);
});

test("hostile names are text, and images lie in the file itself", () => {
  const thumbnail = "data:image/png;base64,iVBORw==";
  const points = [
    { x: 0, y: 0, title: '"><script>alert(1)</script>.png', group: 0, thumbnail },
    { x: 1, y: 1, title: "\u001b[31m]]>&amp;", group: 1 },
    { x: 1, y: 0, title: "no class" },
  ];
  const svg = draw(points, ["<b onload=x>", "a & b"]);
  expect(svg).not.toMatch(/<script|<b |NaN|undefined/);
  expect(svg).toContain("&lt;b onload=x&gt;");
  expect(svg.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(svg.match(/href="[^"]*"/g)).toEqual(['href="data:image/png;base64,iVBORw=="']);
  expect(svg).toContain(">no class<");
});

test("points that all coincide and a name without letters have a place", () => {
  const svg = draw([{ x: 3, y: 3, title: "" }]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
