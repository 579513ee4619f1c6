// A few digits of MNIST in a file, which is read again faster than all of them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataset } from "../../src/data/index.js";
import { hostTensor, writeNpz } from "../../src/tensor/index.js";

/** The first images to learn from, 28x28; gives the path. */
export async function digitsFile(folder: string, count: number): Promise<string> {
  const { train } = await openDataset("mnist");
  const { images, labels } = train;
  if (labels.kind !== "class") throw new Error("expected classes");
  const pixels = Uint8Array.from((images.bytes as Uint8Array).subarray(0, count * 28 ** 2));
  const path = join(folder, "digits.npz");
  writeFileSync(
    path,
    writeNpz([
      ["train_images", hostTensor("u8", [count, 28, 28], pixels)],
      ["train_labels", hostTensor("i32", [count], labels.of.slice(0, count))],
    ]),
  );
  return path;
}
