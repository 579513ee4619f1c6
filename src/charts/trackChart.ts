// The ways of particles in their principal plane as an image: a ring where each began, a line through its
// points, a disc where it ended. A length means the same in both directions.

import type { PrincipalPlane } from "../tensor/principalPlane.js";
import { roundTicks } from "./lineChart.js";
import { element, faint, image, label, palette } from "./svg.js";

/** One particle's way: numbers of the plane's points in the order of time. */
export interface Track {
  readonly name: string;
  readonly points: readonly number[];
}

/** Of the square that holds the tracks, and the space around it for words and numbers. */
const SIDE = 344;
const MARGIN = { left: 64, right: 20, top: 64, bottom: 44 };
const LEGEND_STEP = 100;

/** Places of the plane's numbers in the image, and round numbers that lie in it. */
interface Frame {
  readonly ticks: readonly number[];
  x(value: number): number;
  y(value: number): number;
}

/** A square round (0, 0), which is the mean of all points. */
function frameOf({ x, y }: PrincipalPlane): Frame {
  const farthest = [...x, ...y].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const reach = 1.1 * farthest || 1;
  const ticks = roundTicks(-reach, reach).filter((tick) => Math.abs(tick) <= reach);
  const place = (value: number) => ((value + reach) / (2 * reach)) * SIDE;
  return {
    ticks,
    x: (value) => MARGIN.left + place(value),
    y: (value) => MARGIN.top + SIDE - place(value),
  };
}

function grid({ ticks, x, y }: Frame): string[] {
  const [left, top] = [MARGIN.left, MARGIN.top];
  return ticks.flatMap((tick) => [
    element("line", { x1: x(tick), x2: x(tick), y1: top, y2: top + SIDE, stroke: faint }),
    element("line", { x1: left, x2: left + SIDE, y1: y(tick), y2: y(tick), stroke: faint }),
    label(`${tick}`, x(tick), top + SIDE + 16, { "text-anchor": "middle" }),
    label(`${tick}`, left - 6, y(tick) + 4, { "text-anchor": "end" }),
  ]);
}

function way({ points }: Track, plane: PrincipalPlane, frame: Frame, colour: string): string[] {
  if (points.length === 0) return [];
  const places = points.map((at) => [frame.x(plane.x[at]), frame.y(plane.y[at])] as const);
  const path = places.map((place) => place.map((value) => value.toFixed(1)).join(",")).join(" ");
  const disc = ([cx, cy]: readonly [number, number], fill: string) =>
    element("circle", { cx, cy, r: 4.5, fill, stroke: colour, "stroke-width": 1.5 });
  return [
    element("polyline", { points: path, fill: "none", stroke: colour, "stroke-width": 1.5 }),
    disc(places[0], "#fff"),
    disc(places[places.length - 1], colour),
  ];
}

function legend(tracks: readonly Track[]): string[] {
  return tracks.flatMap(({ name }, at) => {
    const x = MARGIN.left + LEGEND_STEP * at;
    const fill = palette[at % palette.length];
    return [element("rect", { x, y: 38, width: 10, height: 10, fill }), label(name, x + 15, 47)];
  });
}

const axisLabel = (number: number, share: number) =>
  `component ${number}, ${Math.round(100 * share)} % of the variance`;

/** The image of some tracks in a plane. */
export function trackChart(title: string, plane: PrincipalPlane, tracks: readonly Track[]): string {
  const frame = frameOf(plane);
  const [first, second] = plane.shares;
  const width = MARGIN.left + Math.max(SIDE + MARGIN.right, LEGEND_STEP * tracks.length);
  const height = MARGIN.top + SIDE + MARGIN.bottom;
  return image(width, height, [
    label(title, MARGIN.left, 22, { "font-weight": "bold" }),
    ...legend(tracks),
    ...grid(frame),
    ...tracks.flatMap((track, at) => way(track, plane, frame, palette[at % palette.length])),
    label(axisLabel(1, first), MARGIN.left + SIDE, height - 10, { "text-anchor": "end" }),
    label(axisLabel(2, second), 0, 0, {
      transform: `translate(14 ${MARGIN.top}) rotate(-90)`,
      "text-anchor": "end",
    }),
  ]);
}
