// A part of CIFAR-10 as a small archive: what is read again for every net of the experiment is read fast.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openDataset, subset } from "convoynet";
import { labelData } from "convoynet/data";
import { hostTensor, writeNpz } from "convoynet/tensor";

/** Images to learn from and to choose by, which follow them. */
const [LEARNED, CHOSEN_BY] = [4000, 1000];

/** Pixels of an image, each of three bytes. */
const [SIDE, BYTES] = [32, 32 * 32 * 3];

/** Some images and their labels as arrays of an archive. */
function arraysOf(part, dataset, from, count) {
  const { images, labels } = subset(
    dataset,
    Array.from({ length: count }, (_, at) => from + at),
  );
  const pixels = new Uint8Array(count * BYTES);
  for (const [at, start] of [...images.offsets].entries()) {
    pixels.set(images.bytes.subarray(start, start + BYTES), at * BYTES);
  }
  return [
    [`${part}_images`, hostTensor("u8", [count, SIDE, SIDE, 3], pixels)],
    [`${part}_labels`, hostTensor("i32", [count], labelData(labels))],
  ];
}

/** Writes the archive where it is not there yet. */
export async function partOf(cifar, file) {
  if (existsSync(file)) return;
  const { train } = await openDataset(cifar);
  const arrays = [
    ...arraysOf("train", train, 0, LEARNED),
    ...arraysOf("val", train, LEARNED, CHOSEN_BY),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, writeNpz(arrays));
}
