// Maps between the pixels of a stored image and those of a batch, and what lies on an image going the same way.
//
// In an affine map pixel centres are at whole numbers. Points and boxes are in pixels of the image as COCO has them:
// the first pixel is [0, 1) x [0, 1), so its centre is at (0.5, 0.5).

import type { Size } from "./images.js";

/** An affine map `[a, b, c, d, e, f]`: `(x, y) -> (a x + b y + c, d x + e y + f)`. */
export type Affine = readonly [number, number, number, number, number, number];

export const identity: Affine = [1, 0, 0, 0, 1, 0];

/** The map that does `inner` first and `outer` then. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [A, B, C, D, E, F] = inner;
  return [
    a * A + b * D,
    a * B + b * E,
    a * C + b * F + c,
    d * A + e * D,
    d * B + e * E,
    d * C + e * F + f,
  ];
}

/**
 * The map that undoes another one.
 *
 * @throws RangeError for a map that folds the plane into a line.
 */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const area = a * e - b * d;
  if (!(Math.abs(area) > 0)) throw new RangeError("a map onto a line cannot be undone");
  return [e / area, -b / area, (b * f - c * e) / area, -d / area, a / area, (c * d - a * f) / area];
}

/** How an image of another shape is brought to a net's size. */
export const fits = {
  crop: "scaled to cover the net's size, cut round the centre",
  pad: "scaled to lie within the net's size, black beside it",
  stretch: "stretched to the net's size",
  line: "scaled to the net's height from the left, black behind it, squeezed where it is longer",
  ink: "cut to its ink, which becomes bright on black, and laid round its centre of mass",
} as const;
export type Fit = keyof typeof fits;

/** Along one axis: the centres meet, by whole pixels where nothing is scaled. */
function centred(scale: number, from: number, to: number): number {
  const offset = (from - 1 - scale * (to - 1)) / 2;
  return scale === 1 ? Math.round(offset) : offset;
}

/** The left edges meet; the height is that of the result. */
function lineMap(from: Size, to: Size): Affine {
  const down = from.height / to.height;
  const across = Math.max(down, from.width / to.width);
  return [across, 0, (across - 1) / 2, 0, down, (down - 1) / 2];
}

/**
 * The map from the pixels of the result to those of an image.
 *
 * @example
 * fitMap("crop", { height: 4, width: 8 }, { height: 2, width: 2 }); // [2, 0, 2.5, 0, 2, 0.5]
 */
export function fitMap(fit: Fit, from: Size, to: Size): Affine {
  if (fit === "line") return lineMap(from, to);
  const [across, down] = [from.width / to.width, from.height / to.height];
  const whole = Math.max(across, down);
  const scales = {
    crop: Math.min(across, down),
    pad: whole,
    // The ink lies in the middle of a square already (pixels/ink.ts).
    ink: whole,
    stretch: undefined,
  };
  const [sx, sy] = [scales[fit] ?? across, scales[fit] ?? down];
  return [sx, 0, centred(sx, from.width, to.width), 0, sy, centred(sy, from.height, to.height)];
}

/** A box of an image in pixels, from `left`, `top` on. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** The map from the pixels of the result to those of a box, edge to edge. */
export function boxMap({ left, top, height, width }: Box, to: Size): Affine {
  const [, , c, , , f] = fitMap("stretch", { height, width }, to);
  return [width / to.width, 0, c + left, 0, height / to.height, f + top];
}

/** The map of points in COCO's pixels, from the image to the result, of a map from result to image. */
function forward(map: Affine): Affine {
  const half: Affine = [1, 0, 0.5, 0, 1, 0.5];
  const back: Affine = [1, 0, -0.5, 0, 1, -0.5];
  return compose(half, compose(inverse(map), back));
}

/**
 * Points of an image where they are in the result.
 *
 * @param points x and y of each [n, 2]
 * @param map from result to image
 * @example
 * mapPoints([0.5, 0.5], fitMap("stretch", { height: 2, width: 2 }, { height: 4, width: 4 })); // Float32Array.of(1, 1)
 */
export function mapPoints(points: ArrayLike<number>, map: Affine): Float32Array {
  const [a, b, c, d, e, f] = forward(map);
  const mapped = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at], points[at + 1]];
    mapped[at] = a * x + b * y + c;
    mapped[at + 1] = d * x + e * y + f;
  }
  return mapped;
}

/**
 * Points of the result where they are in the image: the way back of {@link mapPoints}.
 *
 * @param points x and y of each [n, 2]
 * @param map from result to image
 */
export const pointsBack = (points: ArrayLike<number>, map: Affine): Float32Array =>
  mapPoints(points, inverse(map));

/** A box in the result, and the share of it that is inside. */
export interface MappedBox {
  /** Left, top, right, bottom; cut to the result. */
  readonly box: readonly [number, number, number, number];
  /** Area inside the result over the whole, 0 to 1. */
  readonly visible: number;
}

/**
 * A box of an image where it is in the result: of a turned one the smallest upright box round it.
 *
 * @param box left, top, right, bottom
 * @param map from result to image
 */
export function mapBox(
  [left, top, right, bottom]: readonly [number, number, number, number],
  map: Affine,
  { height, width }: Size,
): MappedBox {
  const corners = mapPoints([left, top, right, top, left, bottom, right, bottom], map);
  const xs = [0, 2, 4, 6].map((at) => corners[at]);
  const ys = [1, 3, 5, 7].map((at) => corners[at]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const cut = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const box = [cut(x0, width), cut(y0, height), cut(x1, width), cut(y1, height)] as const;
  const area = (x1 - x0) * (y1 - y0);
  const inside = (box[2] - box[0]) * (box[3] - box[1]);
  return { box, visible: area > 0 ? inside / area : 0 };
}
