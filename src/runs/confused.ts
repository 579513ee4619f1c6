// The images behind a confusion of classes: for each pair of a true class and a said one those with the largest losses.

import { element, label, short, image as svgImage } from "../charts/svg.js";
import type { ClassLabels, Dataset, Image } from "../data/index.js";
import { readerOf, sizeAt, writePng } from "../data/index.js";
import type { Confusion } from "../tasks/index.js";
import { toCsv } from "../text/csv.js";
import { confusedSheet } from "./confusedSheet.js";
import { coloured } from "./mistakes.js";

/** Pairs that are drawn. */
const PAIRS = 100;
const { words: WORDS, each: EACH, side: SIDE, gap: GAP } = confusedSheet;

/** A pair of classes with numbers of images, the largest loss first. */
interface Pair {
  readonly known: number;
  readonly said: number;
  readonly images: readonly number[];
}

/** The pairs that occur: those that are mixed up first, and the more often the sooner. */
function pairsOf(known: Int32Array, said: Int32Array, losses: Float32Array, classes: number) {
  const images = new Map<number, number[]>();
  for (const at of [...known.keys()].sort((a, b) => losses[b] - losses[a] || a - b)) {
    const key = known[at] * classes + said[at];
    const own = images.get(key);
    if (own) own.push(at);
    else images.set(key, [at]);
  }
  const pairs = [...images].map(([key, own]): Pair => {
    return { known: Math.floor(key / classes), said: key % classes, images: own };
  });
  const isRight = (pair: Pair) => Number(pair.known === pair.said);
  const order = (a: Pair, b: Pair) =>
    isRight(a) - isRight(b) ||
    b.images.length - a.images.length ||
    a.known - b.known ||
    a.said - b.said;
  return pairs.sort(order).slice(0, PAIRS);
}

/** Draws an image into a square of a sheet by its nearest pixels, as large as it fits. */
function place({ height, width, data }: Image, sheet: Uint8Array, columns: number, from: number) {
  const scale = SIDE / Math.max(height, width);
  const [rows, across] = [height, width].map((side) => Math.max(1, Math.round(side * scale)));
  for (let y = 0; y < rows; y++) {
    const top = Math.min(height - 1, Math.floor((y * height) / rows));
    for (let x = 0; x < across; x++) {
      const left = Math.min(width - 1, Math.floor((x * width) / across));
      const pixel = data.subarray(3 * (top * width + left), 3 * (top * width + left) + 3);
      sheet.set(pixel, from + 3 * (y * columns + x));
    }
  }
}

/** A sheet with a row of images for each pair, and what stands in which row. */
export interface Confused {
  /** SVG; squares as {@link confusedSheet} says, with the names of the classes in front. No image file, which data would be taken for. */
  readonly sheet: string;
  /** CSV: a line for each row, with the numbers of the true and the said class and how many images are drawn. */
  readonly rows: string;
}

/**
 * Draws the images behind a confusion.
 *
 * @param losses of each image
 * @throws InputError for images whose channels cannot be drawn, or that cannot be read.
 */
export function drawConfused(
  dataset: Dataset<ClassLabels>,
  { classes }: Confusion,
  said: Int32Array,
  losses: Float32Array,
): Confused {
  const pairs = pairsOf(dataset.labels.of, said, losses, classes.length);
  const [width, height] = [EACH * (SIDE + GAP), pairs.length * (SIDE + GAP)];
  const pixels = new Uint8Array(3 * width * height).fill(255);
  const reader = readerOf(dataset.images, dataset.channels);
  try {
    for (const [row, { images }] of pairs.entries()) {
      for (const [column, at] of images.slice(0, EACH).entries()) {
        const size = sizeAt(dataset.images, at);
        const image = coloured({ ...size, channels: dataset.channels, data: reader.read(at) });
        place(image, pixels, width, 3 * (SIDE + GAP) * (row * width + column));
      }
    }
  } finally {
    reader.close();
  }
  const rows = pairs.map((pair) => [pair.known, pair.said, Math.min(EACH, pair.images.length)]);
  const names = pairs.flatMap(({ known, said }, row) => {
    const top = row * (SIDE + GAP) + SIDE / 2;
    const words = [short(classes[known]), `said to be ${short(classes[said])}`];
    return words.map((text, line) => label(text, GAP, top + line * 16 - 4));
  });
  const href = `data:image/png;base64,${writePng(pixels, width, height).toString("base64")}`;
  const images = element("image", { x: WORDS, y: 0, width, height, href });
  return {
    sheet: svgImage(WORDS + width, height, [...names, images]),
    rows: toCsv(["true", "said", "images"], rows),
  };
}
