// A map of images: a mark or a thumbnail at each point of a plane, by class. Classes differ by colour, and by shape where
// there are more of them than colours.

import { element, escapeText, faint, image, ink, label, palette, short } from "./svg.js";

/** An image at its place. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  /** What it is, shown where a pointer rests on it. */
  readonly title: string;
  /** Number of its class; absent where none is known. */
  readonly group?: number;
  /** The image as a `data:` URL; default a mark. */
  readonly thumbnail?: string;
}

export interface MapChart {
  readonly title: string;
  readonly note: string;
  /** What the directions mean; absent where only neighbourhoods do. */
  readonly axes?: readonly [string, string];
  /** Names of the classes. */
  readonly groups: readonly string[];
  readonly points: readonly MapPoint[];
}

/** Side of the map with marks, and with thumbnails. */
const [SIDE, LARGE_SIDE] = [560, 960];
/** Longer side of a thumbnail on the map. */
const THUMBNAIL = 28;
/** Half the size of a mark. */
const MARK = 4;
const MARGIN = { left: 40, top: 64, bottom: 44 };
const LEGEND = { width: 180, step: 18 };
const TITLE_LETTER = 9;

/** Shapes of marks around (0, 0), of which the half size is 1, as corners; the first is a disc. */
const shapes = [
  [],
  [-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9],
  [0, -1.2, 1.1, 0.8, -1.1, 0.8],
  [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
  [-1.1, -0.8, 1.1, -0.8, 0, 1.2],
] as const;

/** Classes that have a mark of their own; all others share one. */
const OWN = palette.length * shapes.length;

/** The mark of the class that is number `rank` among those with one of their own; of others a faint one. */
function mark(rank: number, x: number, y: number, title = ""): string {
  const known = rank < OWN;
  const look = {
    fill: known ? palette[rank % palette.length] : faint,
    stroke: known ? "#fff" : ink,
    "stroke-width": 0.5,
  };
  const corners = shapes[known ? Math.floor(rank / palette.length) : 0];
  const words = title && element("title", {}, escapeText(title));
  if (corners.length === 0) return element("circle", { cx: x, cy: y, r: MARK, ...look }, words);
  const at = corners.map((value, k) => ((k % 2 === 0 ? x : y) + MARK * value).toFixed(1));
  return element("polygon", { points: at.join(" "), ...look }, words);
}

/** An image in the colour of its class, whose mark lies on its corner. */
function framed(
  rank: number,
  x: number,
  y: number,
  { thumbnail: href = "", title }: MapPoint,
): string {
  const [left, top] = [x - THUMBNAIL / 2, y - THUMBNAIL / 2];
  const box = { x: left, y: top, width: THUMBNAIL, height: THUMBNAIL };
  const stroke = rank < OWN ? palette[rank % palette.length] : ink;
  return element(
    "g",
    {},
    [
      element("title", {}, escapeText(title)),
      element("image", { ...box, href }),
      element("rect", { ...box, fill: "none", stroke, "stroke-width": 1.5 }),
      mark(rank, left, top),
    ].join(""),
  );
}

/** Ranks of the classes [groups]: their numbers, or where marks are too few the classes with most images first. */
function ranksOf({ groups, points }: MapChart): Int32Array {
  const ranks = Int32Array.from(groups, (_, group) => group);
  if (groups.length <= OWN) return ranks;
  const counts = new Int32Array(groups.length);
  for (const { group } of points) if (group !== undefined) counts[group]++;
  const order = [...ranks].sort((a, b) => counts[b] - counts[a] || a - b);
  for (const [rank, group] of order.entries()) ranks[group] = rank;
  return ranks;
}

function legend({ groups, points }: MapChart, ranks: Int32Array, left: number): string[] {
  const named = groups
    .map((name, group) => ({ name: short(name), rank: ranks[group] }))
    .filter(({ rank }) => rank < OWN)
    .sort((a, b) => a.rank - b.rank);
  const others = [
    ...(groups.length > OWN ? [`${groups.length - OWN} other classes`] : []),
    ...(groups.length > 0 && points.some(({ group }) => group === undefined) ? ["no class"] : []),
  ];
  const lines = [...named, ...others.map((name) => ({ name, rank: OWN }))];
  return lines.flatMap(({ name, rank }, at) => {
    const y = MARGIN.top + 8 + LEGEND.step * at;
    return [mark(rank, left, y), label(name, left + 12, y + 4)];
  });
}

const rangeOf = (values: readonly number[]) => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

/** Where the points lie in a square, with one scale for both directions. */
function places(points: readonly MapPoint[], side: number): [number, number][] {
  const [left, right] = rangeOf(points.map(({ x }) => x));
  const [low, high] = rangeOf(points.map(({ y }) => y));
  const inner = side - 2 * THUMBNAIL;
  const scale = inner / (Math.max(right - left, high - low) || 1);
  return points.map(({ x, y }) => [
    MARGIN.left + side / 2 + scale * (x - (left + right) / 2),
    MARGIN.top + side / 2 - scale * (y - (low + high) / 2),
  ]);
}

/**
 * The map as SVG that needs no other file.
 *
 * @example
 * const points = [{ x: 0, y: 0, title: "a.png", group: 0 }, { x: 1, y: 2, title: "b.png", group: 1 }];
 * mapChart({ title: "a map", note: "", groups: ["cat", "dog"], points }).startsWith("<svg"); // true
 */
export function mapChart(chart: MapChart): string {
  const { title, note, axes, groups, points } = chart;
  const side = points.some(({ thumbnail }) => thumbnail) ? LARGE_SIDE : SIDE;
  const ranks = ranksOf(chart);
  const at = places(points, side);
  const drawn = points.map((point, k) => {
    const rank = point.group === undefined ? (groups.length > 0 ? OWN : 0) : ranks[point.group];
    return point.thumbnail
      ? framed(rank, at[k][0], at[k][1], point)
      : mark(rank, at[k][0], at[k][1], point.title);
  });
  const frame = { x: MARGIN.left, y: MARGIN.top, width: side, height: side };
  const right = MARGIN.left + side;
  const width = Math.max(right + LEGEND.width, TITLE_LETTER * title.length + 32);
  const bottom = MARGIN.top + Math.max(side, LEGEND.step * (Math.min(groups.length, OWN) + 2));
  return image(width, bottom + MARGIN.bottom, [
    label(title, 16, 24, { "font-size": 15, "font-weight": "bold" }),
    label(note, 16, 44),
    element("rect", { ...frame, fill: "none", stroke: faint }),
    ...drawn,
    ...legend(chart, ranks, right + 20),
    ...(axes
      ? [
          label(axes[0], right, MARGIN.top + side + 20, { "text-anchor": "end" }),
          label(axes[1], 0, 0, {
            transform: `translate(28 ${MARGIN.top}) rotate(-90)`,
            "text-anchor": "end",
          }),
        ]
      : []),
  ]);
}
