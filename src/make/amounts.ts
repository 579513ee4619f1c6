// Amounts of money in handwriting, as on cheques: strings such as `*1,234.56` of real digits that may touch.

import { openDataset } from "../data/index.js";
import { Random } from "../tensor/philox.js";
import { type Canvas, canvas, imageOf, lay, stroke } from "./canvas.js";
import { type Digits, digitsOf, type Glyph, glyphOf } from "./glyphs.js";
import type { Line, LineMaker } from "./lines.js";

/** Height of the images in pixels, and where the line lies. */
const [HEIGHT, LINE] = [36, 29];
/** Digits of MNIST's training images that each part is made of; no two parts share any. */
const DIGITS = { train: 6000, selection: 2000, test: 2000 } as const;

/** What an amount is made by. */
export interface AmountOptions {
  /** Share of the gaps between signs that are drawn from -5 to 1 pixels, so that signs touch or overlap; default 0.3. */
  readonly touch?: number;
}

/** Numbers of digits before the point, as often as they are listed. */
const LENGTHS = [1, 2, 2, 2, 3, 3, 3, 4, 4];

/**
 * An amount in words of signs: up to two stars, one to four digits with a comma before the last three of four, a point and
 * two digits.
 */
export function amountText(random: Random): string {
  const stars = "*".repeat(random.integer(3));
  const length = LENGTHS[random.integer(LENGTHS.length)];
  const digits = Array.from({ length }, (_, at) =>
    String(at === 0 ? 1 + random.integer(9) : random.integer(10)),
  ).join("");
  const whole = length > 3 ? `${digits.slice(0, -3)},${digits.slice(-3)}` : digits;
  return `${stars}${whole}.${random.integer(10)}${random.integer(10)}`;
}

/** Faint lines of paper and noise. */
function wear({ height, width, ink }: Canvas, random: Random): void {
  const on = { height, width, ink };
  for (let line = random.integer(3); line > 0; line--) {
    const y = random.between(2, height - 2);
    const end = y + random.between(-1, 1);
    stroke(on, [0, y], [width - 1, end], 0.5, random.between(0.2, 0.5));
  }
  for (let at = 0; at < ink.length; at++) ink[at] += 0.05 * random.normal();
}

/** Signs beside each other. Cuts are where one ends and the next begins, halfway of their gap. */
function written(glyphs: readonly Glyph[], touch: number, random: Random) {
  let right = Math.round(random.between(3, 8));
  const places = glyphs.map((glyph, at) => {
    const gap = random.uniform() < touch ? random.between(-5, 1) : random.between(0, 4);
    const left = at === 0 ? right : Math.max(0, right + Math.round(gap));
    right = left + glyph.width;
    return left;
  });
  const on = canvas(HEIGHT, right + Math.round(random.between(3, 8)));
  const cuts: number[] = [];
  for (const [at, glyph] of glyphs.entries()) {
    const bottom = LINE + glyph.below + Math.round(random.between(-3, 3));
    lay(on, glyph, places[at], bottom - glyph.height);
    if (at > 0) cuts.push(Math.round((places[at - 1] + glyphs[at - 1].width + places[at]) / 2));
  }
  wear(on, random);
  return { image: imageOf(on), cuts };
}

/** The amount of a number, always the same of the same digits, options and seed. */
export function amount(
  { touch = 0.3 }: AmountOptions,
  digits: Digits,
  key: { readonly seed: number; readonly epoch: number; readonly step: number },
): Line {
  const random = new Random({ ...key, purpose: "make" });
  const text = amountText(random);
  const glyphs = [...text].map((sign) => glyphOf(sign, digits, random));
  const { image, cuts } = written(glyphs, touch, random);
  return { cells: { text, cuts: cuts.join(" ") }, image };
}

/**
 * Amounts from the digits of MNIST: each part from digits of its own, 6,000 for training and 2,000 for each of the others.
 *
 * @throws InputError where MNIST is not there.
 */
export async function amountMaker(options: AmountOptions, seed: number): Promise<LineMaker> {
  const { train } = await openDataset("mnist");
  // The same digits are in the same part whatever the seed.
  const order = new Random({ seed: 0, purpose: "make" }).permutation(train.length);
  let first = 0;
  const maker = (count: number, epoch: number) => {
    const digits = digitsOf(train, order.subarray(first, (first += count)));
    return (step: number) => amount(options, digits, { seed, epoch, step });
  };
  return {
    vocabulary: [..."*,.0123456789"],
    train: maker(DIGITS.train, 0),
    selection: maker(DIGITS.selection, 1),
    test: maker(DIGITS.test, 2),
  };
}
