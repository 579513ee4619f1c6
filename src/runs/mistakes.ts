// The images that a net is worst at, with what is known of them beside what the net says.

import {
  channelRule,
  type Dataset,
  type Image,
  identity,
  labelAt,
  readerOf,
  sizeAt,
  subset,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import { captionOf, type Prediction } from "../tasks/index.js";
import { drawInto } from "./draw.js";
import type { Trained } from "./trained.js";

/** Images that are drawn where nobody says how many. */
export const WORST = 16;
/** Pixels between what is known and what was said. */
const GAP = 8;

/** An image that a net is bad at. */
export interface Mistake {
  /** Number of the image in the data set. */
  readonly at: number;
  /** Of the image alone. */
  readonly loss: number;
  /** PNG file: on the left what is known, on the right what the net says, each with its words under it. */
  readonly drawing: Uint8Array;
}

/**
 * An image in colour.
 *
 * @throws InputError for one whose channels cannot be drawn.
 */
export function coloured({ channels, data, ...size }: Image): Image {
  const colour = channelRule(channels, 3);
  if (!colour) throw new InputError(`images of ${channels} channels cannot be drawn`);
  return { ...size, channels: 3, data: colour(data) };
}

/** Two drawings side by side, their upper borders at one height. */
async function beside(left: Uint8Array, right: Uint8Array) {
  const { default: sharp } = await import("sharp");
  const [a, b] = await Promise.all([left, right].map((half) => sharp(half).metadata()));
  const size = { height: Math.max(a.height, b.height), width: a.width + GAP + b.width };
  return sharp({ create: { ...size, channels: 3, background: "white" } })
    .composite([
      { input: Buffer.from(left), left: 0, top: 0 },
      { input: Buffer.from(right), left: a.width + GAP, top: 0 },
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
  { count = WORST }: { readonly count?: number } = {},
): AsyncGenerator<Mistake> {
  const { task, info } = net;
  const numbers = worst(losses, count);
  const predictions = await net.predict(subset(dataset, numbers));
  const reader = readerOf(dataset.images, dataset.channels);
  try {
    for (const [k, at] of numbers.entries()) {
      const size = sizeAt(dataset.images, at);
      const image = coloured({ ...size, channels: dataset.channels, data: reader.read(at) });
      const half = (prediction: Prediction, title: string) =>
        drawInto(image, prediction, title, info.names);
      const said = predictions[k];
      const known = task.known?.(dataset.labels, { ...size, at }, identity) ?? {};
      const left = await half(known, `known: ${labelAt(dataset.labels, at)}`);
      const right = await half(said, `said: ${captionOf(task, said)}`);
      yield { at, loss: losses[at], drawing: await beside(left, right) };
    }
  } finally {
    reader.close();
  }
}
