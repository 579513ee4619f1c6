// The batch that untrained nets are looked at by.

import { commonSize, type Dataset } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import type { Untrained } from "./proxy.js";

/** Mean 0 and standard deviation 1 of each channel; images [n, channels, places]. */
function normalise(images: Float32Array, channels: number, places: number): void {
  const count = images.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const each = (what: (at: number) => void) => {
      for (let from = channel * places; from < images.length; from += channels * places) {
        for (let at = from; at < from + places; at++) what(at);
      }
    };
    let [sum, squares] = [0, 0];
    each((at) => {
      sum += images[at];
      squares += images[at] ** 2;
    });
    const mean = sum / count;
    const std = Math.sqrt(squares / count - mean ** 2) || 1;
    each((at) => {
      images[at] = (images[at] - mean) / std;
    });
  }
}

/**
 * Some images of a data set, normalised channel by channel, with their classes.
 *
 * @param batch how many; all where there are fewer
 * @param seed chooses them
 * @throws InputError for labels that are no classes, and images that differ in size or lie in a file.
 */
export function batchFrom(
  { images: { bytes, offsets }, images, labels, channels, length, name }: Dataset,
  { batch, seed }: { readonly batch: number; readonly seed: number },
): Pick<Untrained, "images" | "labels"> {
  const size = commonSize(images);
  if (labels.kind !== "class") {
    throw new InputError(
      `${name} has labels of kind ${labels.kind}; proxies need one class per image`,
    );
  }
  if (!size || !(bytes instanceof Uint8Array)) {
    throw new InputError(`${name}: proxies need images of one size, in memory`);
  }
  const places = size.height * size.width;
  const order = new Random({ seed, purpose: "order" }).permutation(length).subarray(0, batch);
  const found = new Float32Array(order.length * channels * places);
  for (const [at, image] of order.entries()) {
    for (let place = 0; place < places; place++) {
      for (let channel = 0; channel < channels; channel++) {
        found[(at * channels + channel) * places + place] =
          bytes[offsets[image] + place * channels + channel];
      }
    }
  }
  normalise(found, channels, places);
  return { images: found, labels: order.map((image) => labels.of[image]) };
}
