// Data sets as archives, as the reader of .npz files takes them.

import {
  type Dataset,
  type LabelKind,
  type Labels,
  labelData,
  labelKinds,
  sizeAt,
} from "../../src/data/index.js";
import { type HostTensor, hostTensor, writeNpz } from "../../src/tensor/index.js";

const titles: Readonly<Record<Labels["kind"], string>> = {
  ...{ class: "labels", tags: "tags", values: "values", mask: "masks", none: "" },
  ...{ points: "points", boxes: "boxes", tokens: "tokens" },
};

/** Entries of all images as rows: the number of the image, and those of the entry. */
function entryRows({ labels, length }: Dataset): HostTensor {
  const { list, span, size } = labelKinds[labels.kind] as LabelKind<Labels>;
  if (!list) throw new Error(`${labels.kind} are no lists`);
  const [data, width] = [labelData(labels), size(labels, 0)];
  const rows: number[] = [];
  for (let image = 0; image < length; image++) {
    const [first, end] = span(labels, image);
    for (let at = first; at < end; at += width) rows.push(image, ...data.subarray(at, at + width));
  }
  return hostTensor("f32", [rows.length / (width + 1), width + 1], Float32Array.from(rows));
}

/** Labels as an array: one number each, or as many as there are outputs, or pixels. */
function labelArray(dataset: Dataset): HostTensor {
  const { labels, images, length } = dataset;
  if (labelKinds[labels.kind].list) return entryRows(dataset);
  const data = labelData(labels);
  const { height, width } = sizeAt(images, 0);
  const each = labels.kind === "mask" ? [height, width] : [data.length / length];
  if (data instanceof Int32Array) return hostTensor("i32", [length, ...each], data);
  if (data instanceof Float32Array) return hostTensor("f32", [length, ...each], data);
  return hostTensor("u8", [length, ...each], data as Uint8Array);
}

/** Parts in memory, their images of one size, as an .npz file. */
export function archiveOf(parts: Readonly<Record<string, Dataset>>): Uint8Array {
  return writeNpz(
    Object.entries(parts).flatMap(([part, dataset]) => {
      const { images, channels, length, labels } = dataset;
      const { height, width } = sizeAt(images, 0);
      const pixels = hostTensor(
        "u8",
        [length, height, width, channels],
        images.bytes as Uint8Array,
      );
      return [
        [`${part}_images`, pixels],
        [`${part}_${titles[labels.kind]}`, labelArray(dataset)],
      ] as const;
    }),
  );
}
