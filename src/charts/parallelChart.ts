// Parallel coordinates: an axis for each number of a thing, a line through all of them for each thing
// (Inselberg 1985, The Visual Computer 1).

import { element, faint, image, ink, label, palette } from "./svg.js";

/** An axis; places are from 0, its lower end, to 1. */
export interface ParallelAxis {
  readonly name: string;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

/** A thing: its place on each axis, `undefined` where it has none. The better it is, the darker it is drawn. */
export interface ParallelLine {
  readonly at: readonly (number | undefined)[];
  /** From 0 to 1. */
  readonly merit: number;
  /** Whether it stands out. */
  readonly marked?: boolean;
}

const STEP = 130;
const HEIGHT = 300;
const MARGIN = { left: 70, right: 70, top: 70, bottom: 24 };
const LONGEST = 14;

const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

const xOf = (axis: number) => MARGIN.left + STEP * axis;
const yOf = (at: number) => MARGIN.top + HEIGHT * (1 - at);

function drawnAxis({ name, marks }: ParallelAxis, axis: number): string[] {
  const x = xOf(axis);
  return [
    element("line", { x1: x, x2: x, y1: yOf(0), y2: yOf(1), stroke: ink }),
    label(short(name), x, MARGIN.top - 14, { "text-anchor": "middle", "font-weight": "bold" }),
    ...marks.flatMap(({ at, text }) => [
      element("line", { x1: x - 4, x2: x, y1: yOf(at), y2: yOf(at), stroke: ink }),
      label(short(text), x - 6, yOf(at) + 4, { "text-anchor": "end", "font-size": 10 }),
    ]),
  ];
}

/** Stretches of axes beside each other on which a line has places. */
function stretches(at: ParallelLine["at"]): (readonly [axis: number, place: number])[][] {
  const found: (readonly [number, number])[][] = [[]];
  for (const [axis, place] of at.entries()) {
    if (place === undefined) found.push([]);
    else found[found.length - 1].push([axis, place]);
  }
  return found.filter(({ length }) => length > 0);
}

function drawnLine({ at, merit, marked = false }: ParallelLine): string[] {
  const stroke = marked ? palette[1] : palette[0];
  const look = { stroke, "stroke-width": marked ? 2.5 : 1.2, "stroke-opacity": 0.1 + 0.7 * merit };
  return stretches(at).map((places) => {
    const points = places.map(([axis, place]) => `${xOf(axis)},${yOf(place).toFixed(1)}`).join(" ");
    return places.length > 1
      ? element("polyline", { points, fill: "none", ...look })
      : element("circle", { cx: xOf(places[0][0]), cy: yOf(places[0][1]), r: 2, fill: stroke });
  });
}

/** The image: the best lines on top. */
export function parallelChart(
  title: string,
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
): string {
  const width = MARGIN.left + STEP * Math.max(1, axes.length - 1) + MARGIN.right;
  const rank = ({ merit, marked }: ParallelLine) => merit + (marked ? 1 : 0);
  const order = [...lines].sort((a, b) => rank(a) - rank(b));
  return image(width, MARGIN.top + HEIGHT + MARGIN.bottom, [
    label(title, 16, 24, { "font-size": 15, "font-weight": "bold" }),
    ...axes.map((_, axis) =>
      element("line", { x1: xOf(axis), x2: xOf(axis), y1: yOf(0), y2: yOf(1), stroke: faint }),
    ),
    ...order.flatMap(drawnLine),
    ...axes.flatMap(drawnAxis),
  ]);
}
