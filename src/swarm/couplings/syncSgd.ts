// Synchronous data-parallel SGD (all-reduce): the baseline of gossip and local SGD. Goyal et al. 2017,
// arXiv 1706.02677.
//
// Learners stand at the same point, and before any optimizer sees it their gradient becomes the mean of
// all: with every optimizer that is one net with a batch as large as all of theirs together. Nothing is
// left to a round. On their way gradients may be compressed, and the optimizer's state may be parted among
// the learners (Rajbhandari et al. 2019, arXiv 1910.02054).

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { parseSettings } from "../../settings.js";
import { type CompressorKind, getCompressor, withFeedback } from "../codecs/index.js";
import { type Coupling, type SharedGradients, stay } from "../coupling.js";

/** Settings of {@link syncSgd}; what else is given belongs to the compressor. */
export const syncSgdSettings = z.looseObject({
  compress: z.string().default("none").describe("what gradients are sent through, by name"),
  feedback: z
    .enum(["on", "off"])
    .optional()
    .describe(
      "what a message leaves out is added to the next gradient; default as the method has it",
    ),
  partition: z
    .enum(["on", "off"])
    .default("off")
    .describe("each particle keeps the optimizer's state of its own part of the weights only"),
});
export type SyncSgdSettings = z.input<typeof syncSgdSettings>;

/** Whether to wrap a compressor in error feedback. */
function feeds({ name, feedback }: CompressorKind, wanted: "on" | "off" | undefined): boolean {
  if (wanted === undefined) return feedback === true;
  if (feedback !== "own") return wanted === "on";
  throw new InputError(
    `sync-sgd: setting feedback is "${wanted}": ${name} has a memory of its own; leave the setting out`,
  );
}

function gradientsOf(settings: SyncSgdSettings): SharedGradients {
  const { compress, feedback, partition, ...own } = parseSettings(
    syncSgdSettings,
    settings,
    "sync-sgd",
  );
  const kind = getCompressor(compress);
  const open = kind.make(own);
  const compressor: typeof open = feeds(kind, feedback)
    ? (layout) => withFeedback(open(layout), layout.trainable)
    : open;
  return { compressor, optimizer: kind.optimizer, partition: partition === "on" };
}

/**
 * Learners that are one net with a batch as large as all of theirs together.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @throws InputError for a compressor that is not known.
 * @example
 * syncSgd({ compress: "top-k", share: 0.01 }).every; // 1
 */
export function syncSgd(settings: SyncSgdSettings = {}): Coupling {
  return {
    name: "sync-sgd",
    source: "Goyal et al. 2017, arXiv 1706.02677",
    needs: { scores: false, distances: false },
    every: 1,
    deploys: "mean",
    gradients: gradientsOf(settings),
    move: (_, self) => stay(self),
  };
}
