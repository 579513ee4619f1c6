// For tests: a small net's layout, gradients, and messages that were tampered with.

import { layoutOf, type ParamLayout } from "../../src/graph/index.js";
import type { MessageMoment } from "../../src/swarm/codecs/codec.js";
import { crc32 } from "../../src/tensor/crc32.js";
import { Random } from "../../src/tensor/philox.js";

/** A convolution, a wide matrix, a vector, one number and batch statistics. */
export const smallNet: ParamLayout = layoutOf([
  { name: "conv.weight", shape: [6, 3, 3, 3], kind: "weight" },
  { name: "conv.bias", shape: [6], kind: "bias" },
  { name: "norm.mean", shape: [6], kind: "statistic" },
  { name: "fc.weight", shape: [10, 40], kind: "weight" },
  { name: "fc.bias", shape: [10], kind: "bias" },
  { name: "temperature", shape: [1], kind: "scale" },
]);

export const at = (step = 0, more: Partial<MessageMoment> = {}): MessageMoment => ({
  seed: 1,
  particle: 0,
  epoch: 0,
  step,
  particles: 4,
  ...more,
});

/** Normal numbers, larger in some places than in others. */
export function gradientOf(step: number, { trainable }: ParamLayout = smallNet): Float32Array {
  const random = new Random({ seed: 5, purpose: "search", step });
  return Float32Array.from(
    { length: trainable },
    (_, index) => random.normal() * (1 + (index % 7)),
  );
}

/** A message whose checksum agrees with what was done to it. */
export function resealed(message: Uint8Array): Uint8Array {
  const copy = message.slice();
  const end = copy.length - 4;
  new DataView(copy.buffer).setUint32(end, crc32(copy.subarray(0, end)), true);
  return copy;
}

export const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(0, ...Array.from(a, (value, index) => Math.abs(value - b[index])));
