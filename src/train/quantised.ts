// The setting that trains a net with quantised weights and images.

import { isDeepStrictEqual } from "node:util";
import { parseQuantise, quantisationOf } from "../compress/index.js";
import type { PassRecord } from "../compress/passes/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { build } from "../nn/index.js";
import type { TrainConfig } from "./config.js";

/** Refuses, before anything is read, a request that cannot be understood, or that other settings cannot go with. */
export function checkQuantise({ quantise, deploy }: TrainConfig): void {
  if (quantise === undefined) return;
  parseQuantise(quantise);
  if (deploy !== "ensemble") return;
  throw new InputError(
    "setting deploy is ensemble: an ensemble of quantised nets cannot be kept; take best, mean or soup",
  );
}

/**
 * The passes of a run's nets: those of the weights that it starts from, and what its settings ask for behind them.
 *
 * @param source of the weights, for messages
 */
export function passesOf(
  { layer, input }: Model,
  { quantise }: TrainConfig,
  inherited: readonly PassRecord[],
  source: string,
): readonly PassRecord[] {
  if (quantise === undefined) return inherited;
  const net = build(layer, [1, ...input], { training: false });
  const asked = { pass: "quantise", ...quantisationOf(net, parseQuantise(quantise)) } as const;
  const known = inherited.find(({ pass }) => pass === "quantise");
  if (!known) return [...inherited, asked];
  if (isDeepStrictEqual(known, asked)) return inherited;
  throw new InputError(
    `setting quantise is ${quantise}: ${source} holds a net that is quantised in another way; leave quantise out, or start from ` +
      "weights in f32",
  );
}
