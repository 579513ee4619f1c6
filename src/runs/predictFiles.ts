// Predictions of image files, a batch at a time: neither many files nor large ones take more memory.

import {
  type DecodedImage,
  decodeInOrder,
  decodingOf,
  fitMap,
  type ImageSource,
  joinImages,
} from "../data/index.js";
import type { DecodeOptions, Prediction } from "../tasks/index.js";
import type { Trained } from "./trained.js";

/** What became of one file. */
export type FilePrediction =
  | { readonly at: number; readonly prediction: Prediction; readonly reason?: undefined }
  | { readonly at: number; readonly prediction?: undefined; readonly reason: string };

/** Images whose turn has come, with their numbers. */
interface Chunk {
  readonly places: number[];
  readonly images: DecodedImage[];
}

async function predictChunk(
  net: Trained,
  { places, images }: Chunk,
  options: DecodeOptions | undefined,
): Promise<FilePrediction[]> {
  const found = await net.predict(
    {
      ...{ name: "images", length: images.length, channels: net.info.input[0] },
      images: joinImages(images),
      labels: { kind: "none" },
    },
    options,
  );
  return found.map((prediction, at) => {
    const { original } = images[at];
    const map = fitMap("stretch", original, images[at]);
    return { at: places[at], prediction: net.task.placed?.(prediction, map) ?? prediction };
  });
}

/**
 * What a net says of image files or of their contents, decoded as those that it was trained on. Each is told of, those
 * that cannot be decoded with the reason; unusable ones come as soon as they are met, so that the numbers `at` tell the
 * order.
 *
 * @example
 * import { openTrained, predictFiles } from "convoynet";
 * const net = await openTrained("runs/a");
 * for await (const { at, prediction, reason } of predictFiles(net, ["digit.png", "no-such-file.png"])) {
 *   console.log(at, prediction?.class ?? reason);
 * }
 * await net.close();
 */
export async function* predictFiles(
  net: Trained,
  sources: readonly ImageSource[],
  options?: DecodeOptions,
): AsyncGenerator<FilePrediction> {
  const { input } = net.info;
  const { settings } = net.config;
  const size = settings.size ?? Math.max(input[1], input[2]);
  const decoding = decodingOf({ size, channels: input[0], range: settings.range });
  let chunk: Chunk = { places: [], images: [] };
  let running: Promise<FilePrediction[]> = Promise.resolve([]);
  /** Starts on the images whose turn has come; the next are decoded in the meantime. */
  const begin = () => {
    running = predictChunk(net, chunk, options);
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
