// The loss of strings in frames.

import { ctcLoss } from "../../../automata/index.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

const ctc: Kernel = ([logits, tokens, untils], { inputs: [{ shape }, { shape: lists }] }) => {
  const [n, classes, frames] = shape;
  const [losses, gradient] = [allocate([n]), allocate(shape)];
  const [size, length] = [classes * frames, lists[1]];
  for (let at = 0; at < n; at++) {
    const own = tokens.subarray(at * length, (at + 1) * length);
    const end = own.findIndex((token) => !(token >= 0 && token < classes - 1));
    const labels = end < 0 ? own : own.subarray(0, end);
    const image = (of: Float64Array) => of.subarray(at * size, (at + 1) * size);
    const until = untils[at] >= 1 && untils[at] <= frames ? untils[at] : frames;
    losses[at] = ctcLoss(image(logits), frames, labels, { until, gradient: image(gradient) });
  }
  return [losses, gradient];
};

export const sequenceKernels = { ctc } satisfies Partial<Kernels>;
