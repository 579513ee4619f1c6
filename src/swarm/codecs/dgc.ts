// Deep gradient compression: top-k that gathers momentum, not gradients. Lin, Han, Mao, Wang, Dally 2018,
// arXiv 1712.01887.
//
// Momentum comes before the gathering (momentum correction), a number that is sent loses its momentum
// too (factor masking), and the share that is sent falls in the first epochs. Momentum lives here, so
// the optimizer must be plain SGD.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { shareSetting, sparseMessages } from "./topK.js";

const settings = z.strictObject({
  share: shareSetting()
    .default(0.01)
    .describe("share of each tensor's numbers that is sent at last"),
  warmup: z
    .int()
    .min(0)
    .default(1)
    .describe("epochs with more: a quarter in the first, a quarter of that in the next"),
  momentum: z.number().min(0).lt(1).default(0.9).describe("factor of the momentum"),
  clip: z
    .number()
    .min(0)
    .default(0)
    .describe("longest gradient of all learners together, before it is gathered; 0 for none"),
});

/** Brings a gradient to the part of `clip` that is one learner's. */
function clipped(gradient: Float32Array, clip: number, particles: number): Float32Array {
  if (clip === 0) return gradient;
  const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  const most = clip / Math.sqrt(particles);
  return norm > most ? gradient.map((value) => (value * most) / norm) : gradient;
}

/** `u = m u + g; v = v + u`; the largest of v are sent, and then zero in both. */
export const dgc: CompressorKind = {
  name: "dgc",
  source: "Lin et al. 2018, arXiv 1712.01887",
  settings,
  feedback: "own",
  optimizer: "sgd",
  make(given = {}) {
    const parsed = parseSettings(settings, given, "compress=dgc");
    const { share, warmup, momentum, clip } = parsed;
    const shareAt = (epoch: number) =>
      epoch < warmup ? Math.max(0.25 ** (epoch + 1), share) : share;
    return (layout) => {
      const sparse = sparseMessages(layout, shareAt, parsed);
      const length = layout.trainable;
      return {
        name: sparse.name,
        memory: { velocity: length, gathered: length },
        encode(gradient, memory, moment) {
          const local = clipped(gradient, clip, moment.particles);
          const velocity = new Float32Array(length);
          const gathered = new Float32Array(length);
          for (let at = 0; at < length; at++) {
            velocity[at] = momentum * memory.velocity[at] + local[at];
            gathered[at] = memory.gathered[at] + velocity[at];
          }
          const message = sparse.encode(gathered, {}, moment);
          const sent = sparse.decode(message);
          for (let at = 0; at < length; at++) {
            const masked = sent[at] !== 0;
            memory.velocity[at] = masked ? 0 : velocity[at];
            memory.gathered[at] = masked ? 0 : gathered[at];
          }
          return message;
        },
        decode: sparse.decode,
      };
    };
  },
};
