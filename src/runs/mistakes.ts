// The images that a net is worst at, with what is known of them beside what the net says.

import {
  channelRule,
  type Dataset,
  fitMap,
  type Image,
  labelAt,
  readerOf,
  sizeAt,
  subset,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import type { Prediction } from "../tasks/index.js";
import { drawInto } from "./draw.js";
import type { Trained } from "./trained.js";

/** Images that are drawn where nobody says how many. */
export const WORST = 16;
/** Shortest side of a drawing's half, in pixels. */
const SIDE = 224;
/** Pixels between what is known and what was said. */
const GAP = 8;

/** An image that a net is bad at. */
export interface Mistake {
  /** Number of the image in the data set. */
  readonly at: number;
  /** Of the image alone. */
  readonly loss: number;
  /** PNG file: on the left what is known, on the right what the net says. */
  readonly drawing: Uint8Array;
}

/** An image in colour, each pixel as a square of them. */
function enlarged({ height, width, channels, data }: Image, times: number): Image {
  const colour = channelRule(channels, 3);
  if (!colour) throw new InputError(`images of ${channels} channels cannot be drawn`);
  const pixels = colour(data);
  const size = { height: height * times, width: width * times };
  const large = new Uint8Array(size.height * size.width * 3);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += 3) {
      const from = 3 * (Math.floor(y / times) * width + Math.floor(x / times));
      large.set(pixels.subarray(from, from + 3), at);
    }
  }
  return { ...size, channels: 3, data: large };
}

/** Two drawings side by side. */
async function beside(left: Uint8Array, right: Uint8Array, { height, width }: Image) {
  const { default: sharp } = await import("sharp");
  const ground = { width: 2 * width + GAP, height, channels: 3, background: "white" } as const;
  return sharp({ create: ground })
    .composite([
      { input: Buffer.from(left), left: 0, top: 0 },
      { input: Buffer.from(right), left: width + GAP, top: 0 },
    ])
    .png()
    .toBuffer();
}

/** Numbers of the largest losses, the largest first; at a tie the first image. */
const worst = (losses: Float32Array, count: number): number[] =>
  [...losses.keys()].sort((a, b) => losses[b] - losses[a] || a - b).slice(0, count);

/**
 * The images of a data set with the largest losses, drawn one by one: on the left what is known, on the right what the
 * net says.
 *
 * @param losses of each image, as {@link Trained.evaluate} gives them
 * @param count how many, default {@link WORST}
 * @param words what a prediction says in words; default nothing
 * @throws InputError for images whose channels cannot be drawn.
 * @example
 * const net = await openTrained("runs/a");
 * const { test } = await openDataset("mnist");
 * const { losses } = await net.evaluate(test!);
 * for await (const { at, loss } of drawMistakes(net, test!, losses, { count: 3 })) {
 *   console.log(`image ${at}: loss ${loss}`);
 * }
 * await net.close();
 */
export async function* drawMistakes(
  net: Trained,
  dataset: Dataset,
  losses: Float32Array,
  {
    count = WORST,
    words = () => "",
  }: { readonly count?: number; readonly words?: (prediction: Prediction) => string } = {},
): AsyncGenerator<Mistake> {
  const { task, info } = net;
  const numbers = worst(losses, count);
  const predictions = await net.predict(subset(dataset, numbers));
  const reader = readerOf(dataset.images, dataset.channels);
  try {
    for (const [k, at] of numbers.entries()) {
      const size = sizeAt(dataset.images, at);
      const image = { ...size, channels: dataset.channels, data: reader.read(at) };
      const times = Math.max(1, Math.ceil(SIDE / Math.min(size.height, size.width)));
      const large = enlarged(image, times);
      const map = fitMap("stretch", large, image);
      const half = (prediction: Prediction, title: string) =>
        drawInto({ ...large, data: large.data.slice() }, prediction, title, info.names);
      const said = predictions[k];
      const known = task.known?.(dataset.labels, { ...size, at }, map) ?? {};
      const left = await half(known, `is ${labelAt(dataset.labels, at)}`);
      const right = await half(task.placed?.(said, map) ?? said, words(said));
      yield { at, loss: losses[at], drawing: await beside(left, right, large) };
    }
  } finally {
    reader.close();
  }
}
