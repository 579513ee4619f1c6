// Grey canvases: ink from 0 to 1, laid on by the darker of two.

import type { Image } from "../data/index.js";

/** Ink [height, width]. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  readonly ink: Float32Array;
}

export const canvas = (height: number, width: number): Canvas => ({
  height,
  width,
  ink: new Float32Array(height * width),
});

/** Lays ink on a pixel; what lies outside is cut. */
export function dab({ height, width, ink }: Canvas, x: number, y: number, amount: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = y * width + x;
  ink[at] = Math.max(ink[at], amount);
}

/** Lays another canvas on, its corner at whole pixels. */
export function lay(on: Canvas, part: Canvas, left: number, top: number): void {
  for (let y = 0; y < part.height; y++) {
    for (let x = 0; x < part.width; x++) dab(on, left + x, top + y, part.ink[y * part.width + x]);
  }
}

/** A line with round ends from one point to another, as wide as twice its radius, smooth at its edge. */
export function stroke(
  on: Canvas,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  radius: number,
  amount = 1,
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const reach = radius + 1;
  const first = (a: number, b: number) => Math.floor(Math.min(a, b) - reach);
  const last = (a: number, b: number) => Math.ceil(Math.max(a, b) + reach);
  for (let y = first(y0, y1); y <= last(y0, y1); y++) {
    for (let x = first(x0, x1); x <= last(x0, x1); x++) {
      const along = length > 0 ? ((x - x0) * dx + (y - y0) * dy) / length : 0;
      const near = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(x - x0 - near * dx, y - y0 - near * dy);
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance));
      if (share > 0) dab(on, x, y, amount * share);
    }
  }
}

/** The canvas as bytes, ink bright. */
export const imageOf = ({ height, width, ink }: Canvas): Image => ({
  ...{ height, width, channels: 1 },
  data: Uint8Array.from(ink, (amount) => Math.round(255 * Math.min(1, Math.max(0, amount)))),
});
