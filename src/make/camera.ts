// What a camera makes of a printed line: turned a little, seen from aside, in uneven light, not quite sharp, with specks and
// worn ink. After the degradations of Camera-PrIMuS (Calvo-Zaragoza and Rizo 2018, "Camera-PrIMuS", ISMIR), without JPEG.

import { type Image, valueBetween } from "../data/index.js";
import type { Random } from "../tensor/philox.js";

/** Turned by at most that, in radians: 1.5 degrees. */
const TURN = (1.5 * Math.PI) / 180;
/** Nearer at one side than in the middle by at most that. */
const ASIDE = 0.02;
/** Most blur, as the standard deviation in pixels. */
const BLUR = 1.2;
/** Most pixels that are specks, and columns where ink is worn. */
const SPECKS = 0.01;
const WORN = 0.02;
const PAPER = 255;

/** A number from -most to most. */
const within = (random: Random, most: number) => most * (2 * random.uniform() - 1);

/** Turned round its middle, and seen from aside. */
function turned(image: Image, random: Random): Float32Array {
  const { height, width } = image;
  const turn = within(random, TURN);
  const [across, down] = [within(random, ASIDE), within(random, ASIDE)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const seen = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x - cx, y - cy];
      const far = 1 + (across * u) / (cx + 1) + (down * v) / (cy + 1);
      const [sx, sy] = [cx + (cos * u - sin * v) * far, cy + (sin * u + cos * v) * far];
      seen[y * width + x] = valueBetween(image, sx, sy, PAPER);
    }
  }
  return seen;
}

/** Weights of a normal distribution, from the middle on. */
function normalWeights(sigma: number): Float64Array {
  const weights = Float64Array.from({ length: Math.ceil(3 * sigma) + 1 }, (_, k) =>
    Math.exp(-(k * k) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  return weights.map((weight) => weight / sum);
}

/** Blurred along one axis: `length` pixels that lie `step` apart, and `others` of them. */
function blurred(
  pixels: Float32Array,
  weights: Float64Array,
  {
    length,
    step,
    others,
    stride,
  }: { length: number; step: number; others: number; stride: number },
): Float32Array {
  const made = new Float32Array(pixels.length);
  for (let other = 0; other < others; other++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 1 - weights.length; k < weights.length; k++) {
        const near = Math.min(length - 1, Math.max(0, i + k));
        sum += weights[Math.abs(k)] * pixels[other * stride + near * step];
      }
      made[other * stride + i * step] = sum;
    }
  }
  return made;
}

/**
 * A printed line as a camera sees it, of the same size.
 *
 * @param image u8 [height, width, 1], dark ink on white paper
 */
export function photographed(image: Image, random: Random): Image {
  const { height, width } = image;
  const worn = { ...image, data: image.data.slice() };
  for (let x = 0; x < width; x++) {
    if (random.uniform() >= WORN * random.uniform()) continue;
    for (let y = 0; y < height; y++) worn.data[y * width + x] = PAPER;
  }
  const weights = normalWeights(0.3 + (BLUR - 0.3) * random.uniform());
  const rows = { length: width, step: 1, others: height, stride: width };
  const columns = { length: height, step: width, others: width, stride: 1 };
  const soft = blurred(blurred(turned(worn, random), weights, rows), weights, columns);
  const [light, ink] = [0.6 + 0.35 * random.uniform(), 0.25 * random.uniform()];
  const [across, down] = [within(random, 0.2), within(random, 0.1)];
  const [specks, noise] = [SPECKS * random.uniform(), 12 * random.uniform()];
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shade = light + across * (x / width - 0.5) + down * (y / height - 0.5);
      const lit = 255 * (ink + (shade - ink) * (soft[y * width + x] / PAPER));
      const speck = random.uniform() < specks;
      const seen = speck ? (random.uniform() < 0.5 ? 0 : 255) : lit + noise * random.normal();
      data[y * width + x] = Math.min(255, Math.max(0, Math.round(seen)));
    }
  }
  return { ...image, data };
}
