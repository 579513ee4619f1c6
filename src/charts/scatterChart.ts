// Points with names side by side: what a thing costs and what it is worth.

import { axis, grid, HEIGHT, MARGIN, WIDTH } from "./lineChart.js";
import { element, image, label, palette } from "./svg.js";

/** A point that is told by its name. */
export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Whether no other is better in both. */
  readonly marked?: boolean;
}

export interface ScatterChart {
  readonly title: string;
  readonly xLabel: string;
  readonly points: readonly NamedPoint[];
}

/** Width of a letter of a name. */
const LETTER = 6;

function panel({ title, xLabel, points }: ScatterChart): string[] {
  const heading = [
    label(title, MARGIN.left, 22, { "font-weight": "bold" }),
    label(xLabel, WIDTH - MARGIN.right, HEIGHT - 10, { "text-anchor": "end" }),
  ];
  if (points.length === 0) return heading;
  const x = axis(
    points.map((point) => point.x),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = axis(
    points.map((point) => point.y),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const dots = points.flatMap(({ name, marked = false, ...point }) => {
    const [cx, cy] = [x.place(point.x), y.place(point.y)];
    const isLeft = cx + 8 + LETTER * name.length < WIDTH;
    const side = isLeft ? ({ "text-anchor": "start" } as const) : { "text-anchor": "end" };
    return [
      element("circle", { cx, cy, r: 4, fill: marked ? palette[1] : palette[0] }),
      label(name, cx + (isLeft ? 7 : -7), cy + 4, { ...side, "font-size": 10 }),
    ];
  });
  return [...heading, ...grid(x, y), ...dots];
}

/** Charts in rows of two under one title. */
export function scatterCharts(title: string, charts: readonly ScatterChart[]): string {
  const panels = charts.map((one, at) => {
    const [across, down] = [(at % 2) * WIDTH, 24 + Math.floor(at / 2) * HEIGHT];
    return element(
      "g",
      { transform: `translate(${across} ${down})` },
      `\n${panel(one).join("\n")}\n`,
    );
  });
  const heading = label(title, 16, 22, { "font-size": 15, "font-weight": "bold" });
  const rows = Math.ceil(charts.length / 2);
  return image(WIDTH * Math.min(2, charts.length), HEIGHT * rows + 24, [heading, ...panels]);
}
