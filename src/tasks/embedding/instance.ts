// Instance discrimination (Wu, Xiong, Yu and Lin 2018, arXiv 1805.01978): each image is a class of its own, whose weight is
// its row in a memory bank.

import {
  add,
  constant,
  exp,
  log,
  matmul,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import { numbered, type TaskNumber } from "../numbers.js";
import type { TaskState } from "../state.js";
import { BANK, type BankOptions, IMAGE, imageTargets, MemoryBank, OWN } from "./bank.js";
import { embeddingNumbers, embeddingTask, normalised } from "./embedding.js";

/** Numbers of tasks with a memory bank. */
export const bankNumbers = {
  ...embeddingNumbers,
  momentum: {
    usual: 0.5,
    least: 0,
    most: 0.999,
    description: "share of a row of the memory bank that stays when its image is seen again",
  },
} satisfies Record<string, TaskNumber>;

/** Similarities of outputs to all rows of a bank, and to their own rows, over a temperature. */
export interface BankLogits {
  /** [n, images]. */
  readonly all: Value;
  /** [n, 1]. */
  readonly own: Value;
}

/** Compares outputs [n, d] with a bank [images, d] and their own rows [n, d] of it. */
export function bankLogits(
  output: Value,
  { [BANK]: bank, [OWN]: own }: Readonly<Record<string, Value>>,
  temperature: number,
): BankLogits {
  const rows = mul(normalised(output), constant(output.graph, 1 / temperature));
  return {
    all: matmul(rows, bank, { transposeB: true }),
    own: reduceSum(mul(rows, own), [1], true),
  };
}

/** A bank and nothing else. */
const bankState = (options: BankOptions, batch: number): TaskState => ({
  inputs: {
    [BANK]: { dtype: "f32", shape: [options.images, options.dimensions] },
    [OWN]: { dtype: "f32", shape: [batch, options.dimensions] },
  },
  open(owner) {
    const bank = new MemoryBank(owner, options);
    const own = owner.engine.buffer(batch * options.dimensions);
    return {
      vectors: { [BANK]: bank.rows },
      bound: { [BANK]: bank.rows, [OWN]: own },
      begin: ({ [IMAGE]: shown }) => bank.copy(shown as Int32Array, own),
      end: (output, { [IMAGE]: shown }) => bank.follow(shown as Int32Array, output),
    };
  },
});

/**
 * Which image is it? The loss is the cross-entropy of the whole softmax over the bank. The paper estimates that by noise
 * (NCE) for a million images; of some ten thousand the product with the bank is small beside the net's own, and has no
 * constant that must be guessed.
 */
export const instance = numbered(bankNumbers, ({ dimensions, temperature, momentum }) =>
  embeddingTask(
    {
      name: "instance",
      description:
        "embeddings without labels: each image is a class of its own (instance discrimination)",
      targets: () => imageTargets,
      state: ({ images, batch }) => bankState({ images, dimensions, momentum }, batch),
      loss(output, inputs) {
        const { all, own } = bankLogits(output, inputs, temperature);
        const top = reduceMax(stopGradient(all), [1], true);
        const total = log(reduceSum(exp(sub(all, top)), [1], true));
        const losses = reshape(sub(add(total, top), own), [output.shape[0]]);
        return { losses, tallies: {} };
      },
    },
    dimensions,
  ),
);
