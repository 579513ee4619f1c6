// What a net says of an image, drawn into it: masks, boxes, points, and the classes in words.

import { element, palette, label as text } from "../charts/svg.js";
import { type Affine, decodeImage, type Image, inverse, type Size } from "../data/index.js";
import type { Prediction } from "../tasks/index.js";
import { percent } from "../text/format.js";

/** How much a mask covers the image. */
const COVER = 0.45;
/** Height of letters in pixels of the image: a share of its shorter side, within bounds. */
const letterHeight = ({ height, width }: Size) =>
  Math.min(32, Math.max(9, Math.round(Math.min(height, width) / 24)));

/** A point or a box that was found. */
interface FoundMark {
  readonly class: string;
  /** Absent of what is known. */
  readonly confidence?: number;
}
type FoundPoint = FoundMark & { readonly x: number; readonly y: number };
type FoundBox = FoundMark & Readonly<Record<"left" | "top" | "right" | "bottom", number>>;

/** A mask as runs, and where it lies. */
interface FoundMask extends Size {
  readonly runs: readonly (readonly [number, number])[];
  /** From its pixels to those of the image. */
  readonly place: Affine;
}

/** What can be drawn of a prediction. */
interface Drawable {
  readonly points?: readonly FoundPoint[];
  readonly boxes?: readonly FoundBox[];
  readonly mask?: FoundMask;
}

const colourOf = (name: string, names: readonly string[]): string =>
  palette[Math.max(0, names.indexOf(name)) % palette.length];

/** Red, green and blue of `#rrggbb`. */
const channelsOf = (colour: string) =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Blends the classes of a mask, but the first, into an image. */
function blend({ height, width, data }: Image, { runs, place, ...size }: FoundMask): void {
  const classes = runs.flatMap(([own, count]) => new Array<number>(count).fill(own));
  const [a, b, c, d, e, f] = inverse(place);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const column = Math.round(a * x + b * y + c);
      const row = Math.round(d * x + e * y + f);
      const inside = column >= 0 && row >= 0 && column < size.width && row < size.height;
      const own = inside ? classes[row * size.width + column] : 0;
      if (own === 0) continue;
      for (const [k, value] of channelsOf(palette[(own - 1) % palette.length]).entries()) {
        data[at + k] += COVER * (value - data[at + k]);
      }
    }
  }
}

/** Width of a letter, of its height, and what stands beside the words. */
const LETTER = 0.62;
const BESIDE = 4;

/**
 * White words on a dark ground, their upper left corner at a place or as near to it as they lie within the image; letters
 * are smaller where the words are longer than the image is wide.
 */
function caption(words: string, left: number, top: number, image: Size): string {
  const { length } = [...words];
  const high = Math.min(letterHeight(image), (image.width - BESIDE) / (LETTER * length));
  const [width, height] = [LETTER * high * length + BESIDE, 1.3 * high];
  const within = (at: number, size: number, most: number) => Math.max(0, Math.min(at, most - size));
  const [x, y] = [within(left, width, image.width), within(top, height, image.height)];
  const ground = { x, y, width, height, fill: "black", "fill-opacity": 0.6 };
  const letters = { fill: "white", "font-family": "sans-serif", "font-size": high };
  return element("rect", ground) + text(words, x + 2, y + high, letters);
}

/** Marks as SVG over an image. */
function overlay(
  { points = [], boxes = [] }: Drawable,
  title: string,
  { width, height }: Size,
  names: readonly string[],
): string {
  const high = letterHeight({ width, height });
  const line = { fill: "none", "stroke-width": Math.max(1, high / 8) };
  const rings = points.map((point) =>
    element("circle", {
      ...{ ...line, stroke: colourOf(point.class, names) },
      ...{ cx: point.x, cy: point.y, r: high / 4 },
    }),
  );
  // The surest one lies on top.
  const rising = [...boxes].sort((a, b) => (a.confidence ?? 1) - (b.confidence ?? 1));
  const frames = rising.map(({ left, top, right, bottom, ...box }) => {
    const stroke = colourOf(box.class, names);
    const sides = { x: left, y: top, width: right - left, height: bottom - top };
    const sure = box.confidence === undefined ? "" : ` ${percent(box.confidence)}`;
    const words = `${box.class}${sure}`;
    return (
      element("rect", { ...line, ...sides, stroke }) + caption(words, left, top, { width, height })
    );
  });
  const words = title === "" ? [] : [caption(title, 0, 0, { width, height })];
  const attributes = { xmlns: "http://www.w3.org/2000/svg", width, height };
  return element("svg", attributes, [...rings, ...frames, ...words].join(""));
}

/** A colour image with a prediction drawn in, as {@link drawPrediction} gives it; its bytes are changed. */
export async function drawInto(
  image: Image,
  prediction: Prediction,
  title: string,
  names: readonly string[],
): Promise<Uint8Array> {
  const found = prediction as Drawable;
  const { height, width, data } = image;
  if (found.mask) blend(image, found.mask);
  const { default: sharp } = await import("sharp");
  const marks = Buffer.from(overlay(found, title, image, names));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: marks, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

/**
 * An image file with a prediction drawn in: its masks, boxes and points, and a title.
 *
 * @param prediction with places in pixels of the image, as {@link predictFiles} gives it
 * @param title in words, such as the classes; "" for none
 * @param names of the net's outputs, which tell colours
 * @returns a PNG file
 * @throws InputError for what is no image that can be decoded.
 * @example
 * const net = await openTrained("runs/a");
 * for await (const { prediction } of predictFiles(net, ["digit.png"])) {
 *   if (prediction) await drawPrediction("digit.png", prediction, "a digit", net.info.names);
 * }
 * await net.close();
 */
export async function drawPrediction(
  source: string | Uint8Array,
  prediction: Prediction,
  title: string,
  names: readonly string[],
): Promise<Uint8Array> {
  return drawInto(await decodeImage(source, { channels: 3 }), prediction, title, names);
}
