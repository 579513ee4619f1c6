// Features of image files.

import type { ImageSource } from "../data/index.js";
import { throughFiles } from "./throughFiles.js";
import type { Trained } from "./trained.js";

/** What became of one file. */
export type FileFeatures =
  | { readonly at: number; readonly features: Float32Array; readonly reason?: undefined }
  | { readonly at: number; readonly features?: undefined; readonly reason: string };

/**
 * What a net's body makes of image files or of their contents, decoded as those that it was trained on: f32 [width] of
 * each, means over the pixels of the body's last map. Files come as those of {@link predictFiles} do.
 *
 * @throws InputError for a model without a body.
 * @example
 * import { featuresOfFiles, openTrained } from "convoynet";
 * const net = await openTrained("runs/a");
 * for await (const { at, features, reason } of featuresOfFiles(net, ["digit.png", "no-such-file.png"])) {
 *   console.log(at, features?.length ?? reason);
 * }
 * await net.close();
 */
export async function* featuresOfFiles(
  net: Trained,
  sources: readonly ImageSource[],
): AsyncGenerator<FileFeatures> {
  const made = throughFiles(net, sources, async (dataset) => {
    const { of, width } = await net.features(dataset);
    return Array.from({ length: dataset.length }, (_, at) =>
      of.subarray(at * width, (at + 1) * width),
    );
  });
  for await (const { at, value, reason } of made) {
    yield value === undefined ? { at, reason: reason! } : { at, features: value };
  }
}
