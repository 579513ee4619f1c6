// What whoever uses an exported net needs to know beside its numbers, as texts by name.

import type { Trained } from "../runs/index.js";

/**
 * Names and texts: lists and tables as JSON. `task` and `model` by name, `names` of the outputs, `constants` of the decoder
 * (thresholds, scales, groups), `input` [channels, height, width], `mean` and `std` in bytes, `fit` of images of another
 * shape, and where there are such `segmenter` and `members`.
 */
export function metadataOf({ info, task }: Pick<Trained, "info" | "task">): Record<string, string> {
  const { model, names, constants, input, mean, std, fit, segmenter, members } = info;
  const lists = { names, constants, input, mean, std, ...(members !== undefined && { members }) };
  const texts = Object.entries(lists).map(([name, value]) => [name, JSON.stringify(value)]);
  return {
    ...{ model, task: task.name, output: task.output, fit },
    ...(segmenter !== undefined && { segmenter }),
    ...Object.fromEntries(texts),
  };
}
