// Line charts side by side.

import { element, faint, image, ink, label, palette } from "./svg.js";

/** A line through points [x, y]; points that are not finite are left out. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  /** Smallest distance of the numbers below the plot; default 1, for what is counted. */
  readonly xStep?: number;
  readonly series: readonly Series[];
}

/** Of a panel. */
export const [WIDTH, HEIGHT] = [420, 300];
/** Space around the plot for words and numbers. */
export const MARGIN = { left: 56, right: 16, top: 56, bottom: 44 };

/** A stretch of numbers and where it lies in the image. */
export interface Axis {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** Round numbers that cover `[low, high]`: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(low: number, high: number, smallest = 0): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(smallest, power * ([1, 2, 5].find((m) => m * power >= rough) ?? 10));
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
}

/** An axis that holds some values, from one place to another. */
export function axis(values: readonly number[], from: number, to: number, smallest?: number): Axis {
  const ticks = roundTicks(Math.min(...values), Math.max(...values), smallest);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  return { ticks, place: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** The lines and numbers of a plot. */
export function grid(x: Axis, y: Axis): string[] {
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const bottom = HEIGHT - MARGIN.bottom;
  return [
    ...y.ticks.flatMap((tick) => [
      element("line", { x1: left, x2: right, y1: y.place(tick), y2: y.place(tick), stroke: faint }),
      label(`${tick}`, left - 6, y.place(tick) + 4, { "text-anchor": "end" }),
    ]),
    ...x.ticks.map((tick) =>
      label(`${tick}`, x.place(tick), bottom + 16, { "text-anchor": "middle" }),
    ),
    element("line", { x1: left, x2: right, y1: bottom, y2: bottom, stroke: ink }),
  ];
}

function line({ points }: Series, colour: string, x: Axis, y: Axis): string[] {
  const places = points.map(([a, b]) => [x.place(a), y.place(b)]);
  const path = places.map((place) => place.map((value) => value.toFixed(1)).join(",")).join(" ");
  return [
    element("polyline", { points: path, fill: "none", stroke: colour, "stroke-width": 2 }),
    ...places.map(([cx, cy]) => element("circle", { cx, cy, r: 2.5, fill: colour })),
  ];
}

function legend(series: readonly Series[]): string[] {
  return series.flatMap(({ name }, at) => {
    const x = MARGIN.left + 100 * at;
    const colour = palette[at % palette.length];
    return [
      element("rect", { x, y: 34, width: 10, height: 10, fill: colour }),
      label(name, x + 15, 43),
    ];
  });
}

function chart({ title, xLabel, xStep = 1, series }: LineChart): string[] {
  const finite = series.map(({ name, points }) => ({
    name,
    points: points.filter((point) => point.every(Number.isFinite)),
  }));
  const points = finite.flatMap((one) => one.points);
  const parts = [
    label(title, MARGIN.left, 22, { "font-weight": "bold" }),
    label(xLabel, WIDTH - MARGIN.right, HEIGHT - 10, { "text-anchor": "end" }),
    ...legend(finite),
  ];
  if (points.length === 0) return parts;
  const column = (at: 0 | 1) => points.map((point) => point[at]);
  const x = axis(column(0), MARGIN.left, WIDTH - MARGIN.right, xStep);
  const y = axis(column(1), HEIGHT - MARGIN.bottom, MARGIN.top);
  return [
    ...parts,
    ...grid(x, y),
    ...finite.flatMap((one, at) => line(one, palette[at % palette.length], x, y)),
  ];
}

/** Charts beside each other under one title. */
export function lineCharts(title: string, charts: readonly LineChart[]): string {
  const panels = charts.map((one, at) =>
    element("g", { transform: `translate(${at * WIDTH} 24)` }, `\n${chart(one).join("\n")}\n`),
  );
  const heading = label(title, 16, 22, { "font-size": 15, "font-weight": "bold" });
  return image(WIDTH * charts.length, HEIGHT + 24, [heading, ...panels]);
}
