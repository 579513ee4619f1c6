// What a net says of an image, drawn into it: masks, boxes and points; under it the rest in words.

import { element, palette, label as text } from "../charts/svg.js";
import {
  type Affine,
  compose,
  decodeImage,
  fitMap,
  type Image,
  inverse,
  pointsBack,
  type Size,
} from "../data/index.js";
import type { Prediction } from "../tasks/index.js";
import { percent } from "../text/format.js";
import { captioned, letterHeight } from "./caption.js";

/** How much a mask covers the image. */
const COVER = 0.45;
/** Longer side of a drawing, at least: smaller images are drawn in squares for pixels. */
const SIDE = 224;

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

/** A colour image of which the longer side has {@link SIDE} pixels at least, each pixel a square of them. */
function enlarged({ height, width, data }: Image): Image {
  const times = Math.ceil(SIDE / Math.max(height, width));
  const size = { height: height * times, width: width * times };
  const large = new Uint8Array(size.height * size.width * 3);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += 3) {
      const from = 3 * (Math.floor(y / times) * width + Math.floor(x / times));
      for (let k = 0; k < 3; k++) large[at + k] = data[from + k];
    }
  }
  return { ...size, channels: 3, data: large };
}

/** What was found in an image where it is in the enlarged one, by the map from the image to that. */
function moved({ points, boxes, mask }: Drawable, map: Affine): Drawable {
  return {
    points: points?.map((point) => {
      const [x, y] = pointsBack([point.x, point.y], map);
      return { ...point, x, y };
    }),
    boxes: boxes?.map((box) => {
      const [left, top, right, bottom] = pointsBack(
        [box.left, box.top, box.right, box.bottom],
        map,
      );
      return { ...box, left, top, right, bottom };
    }),
    mask: mask && { ...mask, place: compose(map, mask.place) },
  };
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
 * White words on a dark ground that name a box, their upper left corner at its own or as near to it as they lie within the
 * image; words that are longer than the image is wide are cut.
 */
function boxLabel(words: string, left: number, top: number, image: Size): string {
  const high = letterHeight(image);
  const letters = [...words];
  const most = Math.max(1, Math.floor((image.width - BESIDE) / (LETTER * high)));
  const shown = letters.length > most ? [...letters.slice(0, most - 1), "…"] : letters;
  const [width, height] = [LETTER * high * shown.length + BESIDE, 1.3 * high];
  const within = (at: number, size: number, most: number) => Math.max(0, Math.min(at, most - size));
  const [x, y] = [within(left, width, image.width), within(top, height, image.height)];
  const ground = { x, y, width, height, fill: "black", "fill-opacity": 0.6 };
  const look = { fill: "white", "font-family": "sans-serif", "font-size": high };
  return element("rect", ground) + text(shown.join(""), x + 2, y + high, look);
}

/** Marks as SVG over an image. */
function overlay(
  { points = [], boxes = [] }: Drawable,
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
      element("rect", { ...line, ...sides, stroke }) + boxLabel(words, left, top, { width, height })
    );
  });
  const attributes = { xmlns: "http://www.w3.org/2000/svg", width, height };
  return element("svg", attributes, [...rings, ...frames].join(""));
}

/** A colour image with a prediction drawn in, as {@link drawPrediction} gives it. */
export async function drawInto(
  image: Image,
  prediction: Prediction,
  title: string,
  names: readonly string[],
): Promise<Uint8Array> {
  const large = enlarged(image);
  const found = moved(prediction as Drawable, fitMap("stretch", large, image));
  const { height, width, data } = large;
  if (found.mask) blend(large, found.mask);
  const { default: sharp } = await import("sharp");
  const marks = Buffer.from(overlay(found, large, names));
  const drawing = await sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: marks, left: 0, top: 0 }])
    .png()
    .toBuffer();
  return captioned(drawing, large, title);
}

/**
 * An image file with a prediction drawn in, its masks, boxes and points, and a title in a white strip under it. Images
 * whose longer side has fewer than 224 pixels are enlarged by a whole factor.
 *
 * @param prediction with places in pixels of the image, as {@link predictFiles} gives it
 * @param title in words, such as {@link captionOf} gives; "" for none
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
