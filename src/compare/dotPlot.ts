// Dot plots of a comparison: a dot a run, an upright for the mean, a bar for its 95 % interval.

import { roundTicks } from "../charts/lineChart.js";
import { element, faint, image, ink, label, palette } from "../charts/svg.js";
import type { Estimate } from "../study/statistics.js";
import type { BudgetTable, Comparison } from "./report.js";

/** A line of dots. */
interface Line {
  readonly name: string;
  readonly values: readonly number[];
  readonly estimate?: Estimate;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** A place to compare with. */
  readonly mark?: number;
}

const PLOT = 250;
const LEFT = 16;
const RIGHT = 24;
const TOP = 64;
const ROW = 26;
const BOTTOM = 34;
const TITLE = 24;

/** Room for a letter, on average. */
const LETTER = 6.6;

/** Where the plot begins in its panel, behind the longest name. */
const plotAt = ({ lines }: Panel) =>
  LEFT + 16 + LETTER * Math.max(0, ...lines.map(({ name }) => name.length));

function axisOf(one: Panel) {
  const values = one.lines.flatMap(({ values: dots, estimate }) => [
    ...dots,
    ...(estimate ? [estimate.low ?? estimate.mean, estimate.high ?? estimate.mean] : []),
  ]);
  if (one.mark !== undefined) values.push(one.mark);
  const ticks = values.length > 0 ? roundTicks(Math.min(...values), Math.max(...values)) : [0, 1];
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const start = plotAt(one);
  return { ticks, place: (value: number) => start + ((value - low) / (high - low)) * PLOT };
}

/** The mean and its interval. */
function bar({ mean, low, high }: Estimate, y: number, place: (value: number) => number): string[] {
  const look = { stroke: palette[1], "stroke-width": 2 };
  const upright = { x1: place(mean), x2: place(mean), y1: y - 7, y2: y + 7 };
  const parts = [element("line", { ...upright, ...look })];
  if (low === undefined || high === undefined) return parts;
  return [...parts, element("line", { x1: place(low), x2: place(high), y1: y, y2: y, ...look })];
}

const dot = (cx: number, cy: number) =>
  element("circle", { cx, cy, r: 3, fill: palette[0], "fill-opacity": 0.5 });

function panel(one: Panel): string[] {
  const { ticks, place } = axisOf(one);
  const bottom = TOP + ROW * one.lines.length;
  const upright = (at: number, stroke: string) =>
    element("line", { x1: place(at), x2: place(at), y1: TOP - 8, y2: bottom, stroke });
  return [
    label(one.title, LEFT, TOP - 18, { "font-weight": "bold" }),
    ...ticks.flatMap((tick) => [
      upright(tick, faint),
      label(`${tick}`, place(tick), bottom + 18, { "text-anchor": "middle" }),
    ]),
    ...(one.mark === undefined ? [] : [upright(one.mark, ink)]),
    ...one.lines.flatMap(({ name, values, estimate }, at) => {
      const y = TOP + ROW * at + ROW / 2;
      return [
        label(name, LEFT, y + 4),
        ...(estimate ? bar(estimate, y, place) : []),
        ...values.map((value) => dot(place(value), y)),
      ];
    }),
  ];
}

const scaled = ({ mean, low, high }: Estimate, factor: number): Estimate => ({
  mean: factor * mean,
  low: low === undefined ? undefined : factor * low,
  high: high === undefined ? undefined : factor * high,
});

function panelsOf({ metric, baseline, score }: Comparison, { budget, rows }: BudgetTable): Panel[] {
  const beside = rows.filter(({ versus }) => versus !== undefined);
  const [factor, unit, differences] =
    score.unit === "share" ? [100, "%", "points"] : [1, score.metric, score.metric];
  return [
    {
      title: `${budget}: ${metric}, ${unit}`,
      lines: rows.map(({ method, values, value }) => ({
        name: method,
        values: values.map((one) => factor * one),
        estimate: value && scaled(value, factor),
      })),
    },
    {
      title: `${budget}: less ${baseline}, ${differences}`,
      mark: 0,
      lines: beside.map(({ method, versus }) => ({
        name: method,
        values: versus!.pairs.map(({ difference }) => factor * difference),
        estimate: versus!.difference && scaled(versus!.difference, factor),
      })),
    },
  ];
}

/** Values and paired differences of all budgets side by side. */
export function dotPlots(comparison: Comparison): string {
  const panels = comparison.tables.flatMap((table) => panelsOf(comparison, table));
  const lines = Math.max(...panels.map((one) => one.lines.length));
  const heading = label(
    `dots: runs; bars: mean and 95 % interval over ${comparison.seeds} seeds`,
    LEFT,
    TITLE,
  );
  let width = 0;
  const groups = panels.map((one) => {
    const group = element(
      "g",
      { transform: `translate(${Math.round(width)} 0)` },
      `\n${panel(one).join("\n")}\n`,
    );
    width += plotAt(one) + PLOT + RIGHT;
    return group;
  });
  return image(Math.ceil(width), TOP + ROW * lines + BOTTOM, [heading, ...groups]);
}
