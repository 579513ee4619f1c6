// The setting that removes channels while a net learns: gates that a penalty shuts (Louizos, Welling and Kingma 2018, "Learning
// sparse neural networks through L0 regularization", arXiv 1712.01312).

import { expectedShare, gatesOf } from "../compress/index.js";
import type { PassRecord } from "../compress/passes/index.js";
import { constant, mul } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { build, type Net } from "../nn/index.js";
import type { TrainingOptions } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";
import { decimalOf } from "./sparsity.js";

const FORM = /^l0(?:=(.*))?$/i;

/**
 * What a whole net costs beside its loss, by the setting `prune`; `undefined` where it asks for something else.
 *
 * @throws InputError for a cost that is none
 */
export function gateCost(prune: string | undefined): number | undefined {
  const match = prune === undefined ? null : FORM.exec(prune);
  if (!match) return undefined;
  const cost = decimalOf(match[1]);
  if (cost > 0) return cost;
  throw new InputError(
    `setting prune is "${prune}": expected what the whole net costs beside its loss, above 0, as l0=1`,
  );
}

/** Refuses what gates cannot stand beside. */
export function checkGates({ prune, quantise }: TrainConfig): void {
  if (quantise === undefined) return;
  throw new InputError(
    `setting prune is ${prune}: a weight times a gate of 0 may be quantised to another number; quantise what convoy compress --prune l0 leaves`,
  );
}

type GatesRecord = Extract<PassRecord, { pass: "gates" }>;

const isGates = (record: PassRecord): record is GatesRecord => record.pass === "gates";

/** Refuses to quantise weights that gates multiply, which are others for each batch. */
export function refuseGates(inherited: readonly PassRecord[], source: string, text: string): void {
  if (!inherited.some(isGates)) return;
  throw new InputError(
    `setting quantise is ${text}: the net of ${source} has gates; take them in before: convoy compress --prune l0`,
  );
}

/** A model's net for inference, without the last of its passes. */
function netBefore({ layer, input, passes = [] }: Model, last: number): Net {
  const options = { training: false };
  const built: Net = build(layer, [1, ...input], options);
  return passes.slice(0, passes.length - last).reduce((net, pass) => pass(net, options), built);
}

/**
 * The pass that gives a net gates: those that it has, or one for each channel.
 *
 * @param model with the passes before
 * @param inherited the same passes
 * @param source of these, for messages
 */
export function gatePasses(
  model: Model,
  inherited: readonly PassRecord[],
  source: string,
): readonly PassRecord[] {
  if (inherited.some(({ pass }) => pass === "quantise")) {
    throw new InputError(
      `setting prune is l0: weights of ${source} are quantised; expected those of a net that is not, or not yet`,
    );
  }
  const record = inherited.find(isGates);
  if (record) return [record];
  const { groups } = gatesOf(netBefore(model, 0));
  if (groups.length === 0) {
    throw new InputError(
      `setting prune is l0: ${model.name} has no channels that could be removed`,
    );
  }
  return [{ pass: "gates", of: groups.map(({ name }) => name) }];
}

/**
 * What the gates of a net add to its loss.
 *
 * @param model with its passes, of which those are the last
 */
export function gatePenalty(
  model: Model,
  passes: readonly PassRecord[],
  cost: number,
): NonNullable<TrainingOptions["penalise"]> {
  const at = passes.findIndex(isGates);
  const { of } = passes[at] as GatesRecord;
  const { groups } = gatesOf(netBefore(model, passes.length - at), of);
  return (net) => mul(expectedShare(net, groups), constant(net.graph, cost));
}
