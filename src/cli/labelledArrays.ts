// Features with what is known of the images beside them, as arrays of an .npz file.

import { type Dataset, labelData, namesOf } from "../data/index.js";
import { type HostTensor, hostTensor, type TextArray } from "../tensor/index.js";
import { grouped } from "../text/format.js";
import { type Console, say } from "./console.js";

export type Arrays = [string, HostTensor | TextArray][];

/** Names of the arrays that hold labels, by kind; others are not written. */
const titles: Readonly<Record<string, string>> = {
  class: "labels",
  tags: "tags",
  values: "values",
};

/** Labels as [n] or [n, names]. */
function labelArray({ labels, length }: Dataset): HostTensor | undefined {
  if (titles[labels.kind] === undefined) return undefined;
  const data = labelData(labels);
  const shape = labels.kind === "class" ? [length] : [length, namesOf(labels).length];
  if (data instanceof Float32Array) return hostTensor("f32", shape, data);
  if (data instanceof Uint8Array) return hostTensor("u8", shape, data);
  return hostTensor("i32", shape, data);
}

/** The arrays of one part, with its features [n, width]. */
export function labelledArrays(part: string, dataset: Dataset, features: HostTensor): Arrays {
  const arrays: Arrays = [[`${part}_features`, features]];
  const labels = labelArray(dataset);
  if (labels) arrays.push([`${part}_${titles[dataset.labels.kind]}`, labels]);
  if (dataset.groups)
    arrays.push([`${part}_groups`, hostTensor("i32", [dataset.length], dataset.groups)]);
  if (dataset.ids) arrays.push([`${part}_files`, { shape: [dataset.length], data: dataset.ids }]);
  return arrays;
}

/** Says what was written: a line for each array. */
export function sayArrays(arrays: Arrays, console: Console): void {
  for (const [name, array] of arrays) {
    const kind = "dtype" in array ? array.dtype : "text";
    say(console.out, `${name} ${kind} [${array.shape.map((size) => grouped(size)).join(", ")}]`);
  }
}
