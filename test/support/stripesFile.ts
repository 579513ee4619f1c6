// A data set in a file: noise with a brighter stripe whose place is the class.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HostTensor, hostTensor, writeNpz } from "../../src/tensor/index.js";
import { stripes } from "./tinyRun.js";

/** 60 images of 18x18 to learn from, and as many to test with; gives the path. */
export function stripesFile(folder: string): string {
  const arrays = ["train", "test"].flatMap((part, seed): [string, HostTensor][] => {
    const { images, labels, length } = stripes(60, seed + 1);
    const [side, scale] = [18, 3];
    const bytes = new Uint8Array(length * side ** 2);
    for (let at = 0; at < bytes.length; at++) {
      const [row, column] = [Math.floor(at / side) % side, at % side];
      const from = Math.floor(at / side ** 2) * (side / scale) ** 2;
      const place = Math.floor(row / scale) * (side / scale) + Math.floor(column / scale);
      bytes[at] = (images.bytes as Uint8Array)[from + place];
    }
    return [
      [`${part}_images`, hostTensor("u8", [length, side, side], bytes)],
      [`${part}_labels`, hostTensor("f32", [length], Float32Array.from(labels.of))],
    ];
  });
  const path = join(folder, "data.npz");
  writeFileSync(path, writeNpz(arrays));
  return path;
}
