// A small engraver: signs of music on five lines, drawn with strokes. It has no beams and no slurs, and one font.

import { signOf } from "../../music/index.js";
import type { Random } from "../../tensor/philox.js";
import { type Canvas, canvas, dab, stroke } from "../canvas.js";
import { type Bent, FLAG, shapes } from "./shapes.js";

/** Pixels from line to line, and of the whole image, and where the lowest line lies. */
const SPACE = 6;
const HEIGHT = 64;
const LOWEST = 44;

/** Height of a place in pixels from above. */
const heightOf = (place: number) => LOWEST - (place * SPACE) / 2;

/** Values of notes by what is drawn of them. */
const notes: Readonly<
  Record<string, { readonly filled: boolean; readonly stem: boolean; readonly flags: number }>
> = {
  whole: { filled: false, stem: false, flags: 0 },
  half: { filled: false, stem: true, flags: 0 },
  quarter: { filled: true, stem: true, flags: 0 },
  eighth: { filled: true, stem: true, flags: 1 },
  sixteenth: { filled: true, stem: true, flags: 2 },
};

/** Width of a notehead, and the length of a stem, in spaces. */
const [HEAD, STEM] = [1.25, 3.4];

/** Draws lines at a place; `turn` is -1 where up is down. */
function draw(on: Canvas, lines: readonly Bent[], x: number, y: number, turn = 1): void {
  for (const [points, radius] of lines) {
    const at = points.map(([dx, dy]) => [x + dx * SPACE, y - turn * dy * SPACE] as const);
    for (const [index, point] of at.entries()) {
      stroke(on, at[Math.max(0, index - 1)], point, Math.max(0.3, radius * SPACE - 0.3));
    }
  }
}

/** A notehead, tilted; an open one has a hole. */
function head(on: Canvas, x: number, y: number, filled: boolean, tilt: number): void {
  const [rx, ry] = [(HEAD / 2) * SPACE, 0.48 * SPACE];
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const reach = Math.ceil(rx + 1);
  for (let py = Math.floor(y - reach); py <= y + reach; py++) {
    for (let px = Math.floor(x - reach); px <= x + reach; px++) {
      const [dx, dy] = [px - x, py - y];
      const [u, v] = [(dx * cos - dy * sin) / rx, (dx * sin + dy * cos) / ry];
      const outside = (Math.hypot(u, v) - 1) * ry;
      const hole = (1 - Math.hypot(u / 0.75, v / 0.5)) * ry * 0.6;
      const edge = filled ? outside : Math.max(outside, hole);
      const share = Math.min(1, Math.max(0, 0.5 - edge));
      if (share > 0) dab(on, px, py, share);
    }
  }
}

/** Short lines through and under notes beyond the staff. */
function ledgers(on: Canvas, x: number, place: number): void {
  const line = (at: number) =>
    stroke(on, [x - SPACE, heightOf(at)], [x + SPACE, heightOf(at)], 0.4, 0.9);
  for (let at = 10; at <= place; at += 2) line(at);
  for (let at = -2; at >= place; at -= 2) line(at);
}

function note(on: Canvas, x: number, place: number, value: string, random: Random): number {
  const { filled, stem, flags } = notes[value];
  const [middle, y] = [x + (HEAD / 2) * SPACE, heightOf(place)];
  ledgers(on, middle, place);
  head(on, middle, y, filled, 0.35 + 0.1 * (random.uniform() - 0.5));
  if (!stem) return HEAD * SPACE;
  const up = place < 4;
  const side = middle + (up ? 1 : -1) * (HEAD / 2 - 0.08) * SPACE;
  const end = y - (up ? 1 : -1) * (STEM + 0.2 * random.uniform()) * SPACE;
  stroke(on, [side, y], [side, end], 0.45);
  for (let flag = 0; flag < flags; flag++) {
    draw(on, [FLAG], side, end + (up ? 1 : -1) * flag * 0.85 * SPACE, up ? 1 : -1);
  }
  return HEAD * SPACE + (flags > 0 && up ? 0.6 * SPACE : 0);
}

/** Space before signs that follow another one at once, in spaces; others have more, and it varies. */
const CLOSE: Readonly<Record<string, number>> = { dot: 0.15 };

/** Space behind a kind of signs. */
function gap(kind: string, before: string, random: Random): number {
  if (kind in CLOSE) return CLOSE[kind];
  if (before === "accidental") return 0.25 + 0.2 * random.uniform();
  if (kind === "digit" && before === "digit") return 0;
  return 0.7 + 1.1 * random.uniform();
}

/**
 * Signs on a staff, ink bright on black; digits of a metre stand above each other.
 *
 * @param signs in the agnostic encoding
 */
export function engrave(signs: readonly string[], random: Random): Canvas {
  const wide = canvas(HEIGHT, 40 + signs.length * 5 * SPACE);
  let x = 4 + 4 * random.uniform();
  let before = "";
  let digit = 0;
  for (const [at, sign] of signs.entries()) {
    const { kind, shape, place } = signOf(sign, at);
    x += gap(kind, before, random) * SPACE;
    const own = shapes[shape === "" ? kind : `${kind}.${shape}`];
    // The second digit stands under the first.
    if (kind === "digit" && before === "digit") x = digit;
    if (kind === "digit") digit = x;
    if (kind === "note") x += note(wide, x, place, shape, random);
    else {
      draw(wide, own.lines, x, heightOf(place));
      x += own.width * SPACE;
    }
    before = kind;
  }
  const width = Math.ceil(x + 3 + 5 * random.uniform());
  const on = canvas(HEIGHT, width);
  for (let y = 0; y < HEIGHT; y++) {
    on.ink.set(wide.ink.subarray(y * wide.width, y * wide.width + width), y * width);
  }
  const thick = 0.2 + 0.25 * random.uniform();
  for (let line = 0; line < 5; line++) {
    stroke(on, [1, heightOf(2 * line)], [width - 2, heightOf(2 * line)], thick, 0.85);
  }
  return on;
}
