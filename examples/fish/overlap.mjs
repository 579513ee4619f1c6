// How well the blobs of a net that learnt from points cover the pixels of the fish, which it was never told.

import { openDataset, openWeights } from "convoynet";
import { readerOf } from "convoynet/data";

/** Intersection over union of blobs and fish, of the pixels of all test frames together. */
export async function blobOverlap(run, table, columns) {
  const { test } = await openDataset(table, { size: 64, columns, kind: "mask" });
  const net = await openWeights(`${run}/weights/best.safetensors`);
  const { mean, std, input } = net.info;
  const [channels, height, width] = input;
  const reader = readerOf(test.images, channels);
  const sums = { both: 0, either: 0 };
  for (let at = 0; at < test.length; at++) {
    const bytes = reader.read(at);
    const pixels = height * width;
    const x = Float32Array.from({ length: channels * pixels }, (_, k) => {
      const channel = Math.floor(k / pixels);
      return (bytes[(k % pixels) * channels + channel] - mean[channel]) / std[channel];
    });
    const logits = await net.logits(x);
    const { data, offsets } = test.labels.of;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const [said, is] = [logits[pixel] > 0, data[offsets[at] + pixel] === 1];
      if (said && is) sums.both++;
      if (said || is) sums.either++;
    }
  }
  reader.close();
  await net.close();
  return sums.both / sums.either;
}
