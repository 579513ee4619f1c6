// A part of a data set as a small archive: what is read again for every net of the experiment is read fast.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openDataset, subset } from "convoynet";
import { labelData } from "convoynet/data";
import { hostTensor, Random, writeNpz } from "convoynet/tensor";

/** Images to learn from, and to choose by. */
const [LEARNED, CHOSEN_BY] = [1500, 1000];

/** Some images of one size, and their labels, as arrays of an archive. */
function arraysOf(part, dataset, places) {
  const { images, labels, channels, length } = subset(dataset, places);
  const [height, width] = images.sizes;
  const size = height * width * channels;
  const pixels = new Uint8Array(length * size);
  for (const [at, start] of [...images.offsets].entries()) {
    pixels.set(images.bytes.subarray(start, start + size), at * size);
  }
  return [
    [`${part}_images`, hostTensor("u8", [length, height, width, channels], pixels)],
    [`${part}_labels`, hostTensor("i32", [length], labelData(labels))],
  ];
}

/** Writes the archive where it is not there yet. */
export async function partOf(data, file) {
  if (existsSync(file)) return;
  const { train } = await openDataset(data);
  const order = new Random({ seed: 1, purpose: "split" }).permutation(train.length);
  const arrays = [
    ...arraysOf("train", train, order.subarray(0, LEARNED)),
    ...arraysOf("val", train, order.subarray(LEARNED, LEARNED + CHOSEN_BY)),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, writeNpz(arrays));
}
