// Image files through a net, a batch at a time: neither many files nor large ones take more memory.

import {
  type Dataset,
  type DecodedImage,
  type DecodeOptions,
  decodeInOrder,
  decodingOf,
  type ImageSource,
  joinImages,
} from "../data/index.js";
import type { Trained } from "./trained.js";

/** How images are decoded for a net: as those that it was trained on. */
export function decodingFor({ info, config }: Pick<Trained, "info" | "config">): DecodeOptions {
  const { input } = info;
  const { size = Math.max(input[1], input[2]), range } = config.settings;
  return decodingOf({ size, channels: input[0], range });
}

/** Decoded images as a data set of which nothing is known. */
export const datasetOf = (images: readonly DecodedImage[]): Dataset => ({
  name: "images",
  length: images.length,
  channels: images[0].channels,
  images: joinImages(images),
  labels: { kind: "none" },
});

/** What became of one file: a value, or the reason why it cannot be decoded. */
export type FileValue<T> =
  | { readonly at: number; readonly value: T; readonly reason?: undefined }
  | { readonly at: number; readonly value?: undefined; readonly reason: string };

/** Makes a value of each image of a batch. */
export type UseImages<T> = (
  dataset: Dataset,
  images: readonly DecodedImage[],
) => Promise<readonly T[]>;

/** Images whose turn has come, with their numbers. */
interface Chunk {
  readonly places: number[];
  readonly images: DecodedImage[];
}

/**
 * Decodes files or their contents as those that a net was trained on, and makes a value of each. Files come in order, but
 * for unusable ones, which come as soon as they are met: the numbers `at` tell the order.
 */
export async function* throughFiles<T>(
  net: Trained,
  sources: readonly ImageSource[],
  use: UseImages<T>,
): AsyncGenerator<FileValue<T>> {
  const { settings } = net.config;
  const decoding = decodingFor(net);
  const valuesOf = async ({ places, images }: Chunk): Promise<FileValue<T>[]> => {
    if (images.length === 0) return [];
    const values = await use(datasetOf(images), images);
    return values.map((value, at) => ({ at: places[at], value }));
  };
  let chunk: Chunk = { places: [], images: [] };
  let running: Promise<FileValue<T>[]> = Promise.resolve([]);
  /** Starts on the images whose turn has come; the next are decoded in the meantime. */
  const begin = () => {
    running = valuesOf(chunk);
    // Looked at when the next are there, or never, where nobody asks for more.
    running.catch(() => undefined);
    chunk = { places: [], images: [] };
  };
  let at = 0;
  for await (const { image, reason } of decodeInOrder(sources, decoding)) {
    if (image) {
      chunk.images.push(image);
      chunk.places.push(at);
    } else {
      yield { at, reason };
    }
    at++;
    if (chunk.images.length < settings.batch) continue;
    const before = running;
    begin();
    yield* await before;
  }
  yield* await running;
  begin();
  yield* await running;
}
