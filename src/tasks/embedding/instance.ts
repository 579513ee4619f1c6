// Instance discrimination (Wu, Xiong, Yu and Lin 2018, arXiv 1805.01978): each image is a class of its own, whose weight is
// its row in a memory bank.

import {
  constant,
  logSoftmax,
  matmul,
  mul,
  neg,
  oneHot,
  reduceSum,
  type Value,
} from "../../graph/index.js";
import { numbered, type TaskNumber } from "../numbers.js";
import type { TaskState } from "../state.js";
import { BANK, type BankOptions, IMAGE, imageTargets, MemoryBank } from "./bank.js";
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

/** Similarities of outputs [n, d] to all rows of a bank [images, d], over a temperature: [n, images]. */
export const bankLogits = (output: Value, bank: Value, temperature: number): Value =>
  mul(
    matmul(normalised(output), bank, { transposeB: true }),
    constant(output.graph, 1 / temperature),
  );

/** A bank and nothing else. */
const bankState = (options: BankOptions): TaskState => ({
  inputs: { [BANK]: { dtype: "f32", shape: [options.images, options.dimensions] } },
  open(owner) {
    const bank = new MemoryBank(owner, options);
    const named = { [BANK]: bank.rows };
    return {
      vectors: named,
      bound: named,
      begin: () => undefined,
      end: (output, targets) => bank.follow(targets[IMAGE], output),
    };
  },
});

/**
 * Which image is it? The loss is the cross-entropy of the whole softmax over the bank. The paper estimates that by noise
 * (NCE) for a million images; the product with the bank costs a hundredth of a net's step for some ten thousand, and has no
 * constant that must be guessed.
 */
export const instance = numbered(bankNumbers, ({ dimensions, temperature, momentum }) =>
  embeddingTask(
    {
      name: "instance",
      description:
        "embeddings without labels: each image is a class of its own (instance discrimination)",
      targets: () => imageTargets,
      state: ({ images }) => bankState({ images, dimensions, momentum }),
      loss(output, { [BANK]: bank, [IMAGE]: image }) {
        const own = oneHot(image, bank.shape[0]);
        const logs = logSoftmax(bankLogits(output, bank, temperature));
        return { losses: neg(reduceSum(mul(own, logs), [1])), tallies: {} };
      },
    },
    dimensions,
  ),
);
