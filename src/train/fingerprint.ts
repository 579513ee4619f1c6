// What tells one data set from another, so that a run is not resumed on other images.

import { createHash } from "node:crypto";
import {
  commonSize,
  type Dataset,
  type Labels,
  labelData,
  namesOf,
  readerOf,
  type Splits,
} from "../data/index.js";

/** Images of each part that enter the hash; all labels do. */
const SAMPLED = 512;

/** A data set in short. */
export interface Fingerprint {
  readonly name: string;
  /** Images in each part. */
  readonly train: number;
  readonly selection: number;
  readonly test: number;
  /** Of the stored images: [channels, height, width], or [channels] where each has a size of its own. */
  readonly shape: readonly number[];
  /** Kind of the labels, and names of their classes, tags or values. */
  readonly labels: Labels["kind"];
  readonly names: readonly string[];
  /** SHA-256 of all labels and of images at even distances. */
  readonly hash: string;
}

/** Summarises the parts of a source as it was opened. */
export function fingerprint({ train, selection, test }: Splits): Fingerprint {
  const hash = createHash("sha256");
  for (const part of [train, selection, test]) if (part) hashPart(part, hash);
  const size = commonSize(train.images);
  return {
    name: train.name,
    train: train.length,
    selection: selection?.length ?? 0,
    test: test?.length ?? 0,
    shape: size ? [train.channels, size.height, size.width] : [train.channels],
    labels: train.labels.kind,
    names: namesOf(train.labels),
    hash: hash.digest("hex"),
  };
}

function hashPart(
  { labels, images, channels, length }: Dataset,
  hash: ReturnType<typeof createHash>,
): void {
  hash.update(labelData(labels));
  const stride = Math.ceil(length / SAMPLED);
  const reader = readerOf(images, channels);
  for (let at = 0; at < length; at += stride) hash.update(reader.read(at));
  reader.close();
}

/** The first difference in words, or `undefined` when the images are the same; names may differ. */
export function dataDifference(saved: Fingerprint, found: Fingerprint): string | undefined {
  for (const field of ["train", "selection", "test", "shape", "labels", "names", "hash"] as const) {
    const [was, is] = [saved[field], found[field]].map((value) => JSON.stringify(value));
    if (was !== is) {
      return `${field === "hash" ? "hash of labels and images" : field} was ${was}, now it is ${is}`;
    }
  }
  return undefined;
}
