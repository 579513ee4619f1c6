// The signs of an amount: handwritten digits, and commas, points and stars that are drawn.

import { type Affine, type Dataset, inverse, readerOf, valueBetween } from "../data/index.js";
import type { Random } from "../tensor/philox.js";
import { type Canvas, canvas, stroke } from "./canvas.js";

/** A sign cut to its ink, and how far its bottom lies below the line that it is written on. */
export interface Glyph extends Canvas {
  readonly below: number;
}

/** Ink that counts when a sign is cut out. */
const FAINT = 0.15;

/** The part of a canvas that has ink. */
function cut({ height, width, ink }: Canvas, line: number): Glyph {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (const [at, amount] of ink.entries()) {
    if (amount < FAINT) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  const part = canvas(Math.max(1, bottom - top), Math.max(1, right - left));
  for (let y = 0; y < part.height; y++) {
    const from = (top + y) * width + left;
    part.ink.set(ink.subarray(from, from + part.width), y * part.width);
  }
  return { ...part, below: bottom - line };
}

/** Side of the canvas that signs are drawn on, and where its line lies. */
const [SIDE, LINE] = [40, 30];

/** An image scaled and sheared about its centre, with another strength of ink; its bottom stands on the line. */
function bent(image: Uint8Array, side: number, random: Random): Glyph {
  const [scale, shear, gain] = [
    random.between(0.8, 1.15),
    random.between(-0.25, 0.25),
    random.between(0.8, 1),
  ];
  const [own, made] = [(side - 1) / 2, (SIDE - 1) / 2];
  const forward: Affine = [scale, -shear * scale, 0, 0, scale, 0];
  const [a, b, , d, e] = inverse(forward);
  const on = canvas(SIDE, SIDE);
  const from = { height: side, width: side, data: image };
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x - made, y - made];
      const [sx, sy] = [a * u + b * v + own, d * u + e * v + own];
      on.ink[y * SIDE + x] = (gain / 255) * valueBetween(from, sx, sy, 0);
    }
  }
  return { ...cut(on, 0), below: 0 };
}

/** Signs that are drawn. */
const drawn: Readonly<Record<string, (random: Random) => Glyph>> = {
  ".": (random) => {
    const on = canvas(SIDE, SIDE);
    const radius = random.between(1.2, 2);
    const x = SIDE / 2 + random.between(-0.5, 0.5);
    stroke(on, [x, LINE - radius], [x + random.between(-0.7, 0.7), LINE - radius], radius);
    return cut(on, LINE);
  },
  ",": (random) => {
    const on = canvas(SIDE, SIDE);
    const [x, tilt, length] = [SIDE / 2, random.between(1, 3), random.between(4, 6)];
    stroke(on, [x, LINE - 2], [x - tilt, LINE - 2 + length], random.between(0.8, 1.3));
    return cut(on, LINE);
  },
  "*": (random) => {
    const on = canvas(SIDE, SIDE);
    const [x, y, radius] = [SIDE / 2, LINE - 11, random.between(4, 6)];
    const [turn, wide] = [random.between(0, Math.PI / 3), random.between(0.7, 1.1)];
    for (let arm = 0; arm < 3; arm++) {
      const angle = turn + (arm * Math.PI) / 3 + random.between(-0.15, 0.15);
      const [dx, dy] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      stroke(on, [x - dx, y - dy], [x + dx, y + dy], wide);
    }
    return cut(on, LINE);
  },
};

/** Images of digits, by digit. */
export interface Digits {
  readonly side: number;
  /** u8 [side, side] each. */
  readonly of: readonly (readonly Uint8Array[])[];
}

/** The digits among the images at some places of a data set of ten classes in their order. */
export function digitsOf(dataset: Dataset, places: ArrayLike<number>): Digits {
  const { labels, images, channels } = dataset;
  if (labels.kind !== "class" || channels !== 1)
    throw new Error(`${dataset.name} has no grey digits`);
  const of = Array.from({ length: 10 }, (): Uint8Array[] => []);
  const reader = readerOf(images, 1);
  for (const at of Array.from(places)) of[labels.of[at]].push(reader.read(at).slice());
  reader.close();
  return { side: images.sizes[0], of };
}

/** A sign in some handwriting. */
export function glyphOf(sign: string, { side, of }: Digits, random: Random): Glyph {
  if (Object.hasOwn(drawn, sign)) return drawn[sign](random);
  const own = of[Number(sign)];
  return bent(own[random.integer(own.length)], side, random);
}
