// Predictions of image files.

import { fitMap, type ImageSource } from "../data/index.js";
import type { DecodeOptions, Prediction } from "../tasks/index.js";
import { throughFiles } from "./throughFiles.js";
import type { Trained } from "./trained.js";

/** What became of one file. */
export type FilePrediction =
  | { readonly at: number; readonly prediction: Prediction; readonly reason?: undefined }
  | { readonly at: number; readonly prediction?: undefined; readonly reason: string };

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
  const said = throughFiles(net, sources, async (dataset, images) => {
    const found = await net.predict(dataset, options);
    return found.map((prediction, at) => {
      const { original } = images[at];
      const map = fitMap("stretch", original, images[at]);
      return net.task.placed?.(prediction, map) ?? prediction;
    });
  });
  for await (const { at, value, reason } of said) {
    yield value === undefined ? { at, reason: reason! } : { at, prediction: value };
  }
}
