// What a server asks of whatever answers about images.

import type { DecodedImage, DecodeOptions } from "../data/index.js";
import { decodingFor, predictImages, type Trained } from "../runs/index.js";
import type { Prediction, DecodeOptions as SayOptions } from "../tasks/index.js";

/** Something that says of images what they show. */
export interface Servable {
  /** What it is, as plain data, for whoever asks the server. */
  readonly about: Readonly<Record<string, unknown>>;
  /** How image files are decoded for it. */
  readonly decoding: DecodeOptions;
  /** Makes ready for so many images at once. */
  prepare(images: number): Promise<void>;
  /** What it says of each image, as plain data, in order. */
  predict(images: readonly DecodedImage[]): Promise<readonly Prediction[]>;
}

/** A run's net for a server; its owner closes it. */
export function servable(net: Trained, options?: SayOptions): Servable {
  const { model, task, info } = net;
  return {
    about: { model: model.name, task: task.name, input: info.input, names: info.names },
    decoding: decodingFor(net),
    prepare: (images) => net.prepare(images),
    predict: (images) => predictImages(net, images, options),
  };
}
