// The setting that trains a net with quantised weights and images.

import { isDeepStrictEqual } from "node:util";
import { parseQuantise, quantisationOf } from "../compress/index.js";
import type { PassRecord } from "../compress/passes/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { build } from "../nn/index.js";
import type { Optimizer } from "../optim/index.js";
import type { TrainConfig } from "./config.js";
import type { NetInfo } from "./weights.js";

/** Refuses, before anything is read, a request that cannot be understood, or that other settings cannot go with. */
export function checkQuantise({ quantise, deploy }: TrainConfig): void {
  if (quantise === undefined) return;
  parseQuantise(quantise);
  if (deploy !== "ensemble") return;
  throw new InputError(
    "setting deploy is ensemble: an ensemble of quantised nets cannot be kept; take best, mean or soup",
  );
}

/** Refuses an optimizer that trains coarser nets as well, which are not quantised. */
export function checkQuantisable({ quantise }: TrainConfig, { name, defaults }: Optimizer): void {
  if (quantise === undefined || defaults.levels === undefined) return;
  throw new InputError(
    `setting quantise is ${quantise}: ${name} trains nets of other depths, which have no quantisers; take another optimizer`,
  );
}

/** The passes of a run's nets, as its settings ask. */
export function passesOf({ layer, input }: Model, { quantise }: TrainConfig): PassRecord[] {
  if (quantise === undefined) return [];
  const net = build(layer, [1, ...input], { training: false });
  return [{ pass: "quantise", ...quantisationOf(net, parseQuantise(quantise)) }];
}

/**
 * Refuses weights of a net that is quantised in another way than the run's.
 *
 * @param source of the weights, for messages
 */
export function expectSamePasses(
  { passes }: NetInfo,
  wanted: readonly PassRecord[],
  source: string,
): void {
  if (!passes || isDeepStrictEqual(passes, wanted)) return;
  throw new InputError(
    `${source} holds a net that was trained with quantised numbers; give the same setting quantise, or weights of a net in f32`,
  );
}
