// Predictions of image files.

import { type Dataset, type DecodedImage, fitMap, type ImageSource } from "../data/index.js";
import type { DecodeOptions, Prediction } from "../tasks/index.js";
import { datasetOf, throughFiles } from "./throughFiles.js";
import type { Trained } from "./trained.js";

/** What became of one file. */
export type FilePrediction =
  | { readonly at: number; readonly prediction: Prediction; readonly reason?: undefined }
  | { readonly at: number; readonly prediction?: undefined; readonly reason: string };

/** Predictions of images with places in the pixels of their files, which may be larger. */
async function predictDecoded(
  net: Trained,
  dataset: Dataset,
  images: readonly DecodedImage[],
  options?: DecodeOptions,
): Promise<Prediction[]> {
  const found = await net.predict(dataset, options);
  return found.map((prediction, at) => {
    const { original } = images[at];
    const map = fitMap("stretch", original, images[at]);
    return net.task.placed?.(prediction, map) ?? prediction;
  });
}

/**
 * What a net says of images that are decoded already, as {@link decodingFor} has them; at least one. Places are in pixels
 * of their files.
 */
export const predictImages = (
  net: Trained,
  images: readonly DecodedImage[],
  options?: DecodeOptions,
): Promise<Prediction[]> => predictDecoded(net, datasetOf(images), images, options);

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
  const said = throughFiles(net, sources, (dataset, images) =>
    predictDecoded(net, dataset, images, options),
  );
  for await (const { at, value, reason } of said) {
    yield value === undefined ? { at, reason: reason! } : { at, prediction: value };
  }
}
