// Images of one written sign, brought to one form: whatever the paper, the pen and the place, the ink is bright on black and
// lies round its centre of mass. As LeCun et al. (1998, doi 10.1109/5.726791) made MNIST, whose digits fill 20 of 28 pixels.

import type { Image, Size } from "../images.js";
import { findBlobs } from "./blobs.js";

/** The longer side of the ink, of the image's side. */
const FILLED = 0.75;
/** Regions of ink with fewer pixels than that share of the image are dirt. */
const DIRT = 0.005;
/** The ink's brightness above which it is white: of that share of its pixels. */
const BRIGHT = 0.9;

/** How many pixels have each brightness. */
function histogram(data: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (const byte of data) counts[byte]++;
  return counts;
}

/**
 * The brightness up to which pixels are dark: that between which and the rest the variance is largest (Otsu 1979, "A threshold selection
 * method from gray-level histograms"). `undefined` where all pixels are the same.
 */
function otsu(counts: Uint32Array): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const total = counts.reduce((sum, count, byte) => sum + count * byte, 0);
  let [below, sum, best] = [0, 0, 0];
  let found: number | undefined;
  for (let byte = 0; byte < 255; byte++) {
    below += counts[byte];
    sum += counts[byte] * byte;
    const above = all - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sum / below - (total - sum) / above) ** 2;
    if (between > best) [best, found] = [between, byte];
  }
  return found;
}

/** Whether most pixels at the border are brighter than that. */
function hasBrightBorder({ height, width, data }: Image, threshold: number): boolean {
  let [bright, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      if (data[y * width + x] > threshold) bright++;
      count++;
    }
  }
  return 2 * bright > count;
}

/** Bytes that are dark where the paper is and bright where the ink is. */
function inkBright(image: Image): Uint8Array {
  const threshold = otsu(histogram(image.data));
  const inverted = threshold !== undefined && hasBrightBorder(image, threshold);
  return inverted ? image.data.map((byte) => 255 - byte) : image.data;
}

/** An image whose ink is bright, and the brightness up to which it is paper. */
interface Written {
  readonly data: Uint8Array;
  readonly paperTo: number;
}

/** The image with its ink bright and its dirt taken away; where all regions of ink are small, none is dirt. */
function clean({ height, width, channels, data }: Image): Written {
  const bright = inkBright({ height, width, channels, data });
  const paperTo = otsu(histogram(bright)) ?? 255;
  const { of, count } = findBlobs({ height, width }, (at) => bright[at] > paperTo);
  const areas = new Uint32Array(count + 1);
  for (const blob of of) areas[blob]++;
  const least = DIRT * height * width;
  if (!areas.subarray(1).some((area) => area >= least)) return { data: bright, paperTo };
  const darkest = bright.reduce((least, byte) => Math.min(least, byte), 255);
  const isDirt = (at: number) => of[at] !== 0 && areas[of[at]] < least;
  return { data: bright.map((byte, at) => (isDirt(at) ? darkest : byte)), paperTo };
}

/** What is known of the ink of an image. */
interface Ink {
  /** The box that it fills, to its last pixel. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Its centre of mass. */
  readonly x: number;
  readonly y: number;
  /** Brightness of paper and ink. */
  readonly paper: number;
  readonly white: number;
}

function measure({ height, width }: Size, { data, paperTo }: Written): Ink | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  let [sum, xs, ys, paper, papers] = [0, 0, 0, 0, 0];
  const bright: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (data[at] <= paperTo) {
        paper += data[at];
        papers++;
        continue;
      }
      bright.push(data[at]);
      [sum, xs, ys] = [sum + data[at], xs + x * data[at], ys + y * data[at]];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  bright.sort((a, b) => a - b);
  return {
    ...{ left, top, right, bottom },
    x: xs / sum,
    y: ys / sum,
    paper: papers > 0 ? paper / papers : 0,
    white: bright[Math.floor(BRIGHT * (bright.length - 1))],
  };
}

/** Where a square begins that has a centre of mass in its middle, and all ink inside. */
function startOf(centre: number, side: number, first: number, last: number): number {
  const wanted = Math.round(centre - (side - 1) / 2);
  return Math.min(first, Math.max(last + 1 - side, wanted));
}

/**
 * A grey image of one sign as a square round its ink: bright on black however it was written, its contrast stretched, dirt
 * left out, its longer side three quarters of the square's, its centre of mass in the middle. An image without ink becomes
 * black.
 *
 * @param image u8 [height, width, 1]
 * @example
 * const paper = new Uint8Array(100).fill(200);
 * // A dark stroke of 4 pixels.
 * paper.fill(40, 11, 15);
 * const { width, data } = inkOf({ height: 10, width: 10, channels: 1, data: paper });
 * [width, Math.max(...data), data[0]]; // [5, 255, 0]
 */
export function inkOf(image: Image): Image {
  const written = clean(image);
  const ink = measure(image, written);
  if (!ink) return { ...image, data: new Uint8Array(image.data.length) };
  const { height, width } = image;
  const side = Math.round((Math.max(ink.right - ink.left, ink.bottom - ink.top) + 1) / FILLED);
  const left = startOf(ink.x, side, ink.left, ink.right);
  const top = startOf(ink.y, side, ink.top, ink.bottom);
  const data = new Uint8Array(side * side);
  const scale = 255 / Math.max(1, ink.white - ink.paper);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const [x, y] = [left + u, top + v];
      if (x < 0 || x >= width || y < 0 || y >= height) continue;
      const byte = scale * (written.data[y * width + x] - ink.paper);
      data[v * side + u] = Math.min(255, Math.max(0, Math.round(byte)));
    }
  }
  return { height: side, width: side, channels: 1, data };
}
