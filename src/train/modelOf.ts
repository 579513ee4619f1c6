// The model that weights belong to.

import { netPass, type PassRecord } from "../compress/passes/index.js";
import { InputError } from "../inputError.js";
import { createModel, type Model, type ModelFamily } from "../models/index.js";
import { classLosses, type NetPass } from "../nn/index.js";
import type { NetInfo } from "./weights.js";

/** What is wrong with a pass is wrong with the file that it comes from. */
const of =
  (source: string, name: string, pass: NetPass): NetPass =>
  (net, options) => {
    try {
      return pass(net, options);
    } catch (error) {
      throw new InputError(`${source}: pass ${name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };

/**
 * A model whose nets are changed by passes. It has no coarser and finer nets of its kind any more.
 *
 * @param source of the passes, for messages
 */
export function withPasses(
  model: Model,
  passes: readonly PassRecord[] = [],
  source: string,
): Model {
  if (passes.length === 0) return model;
  const { depth: _, ...rest } = model;
  const changes = passes.map((record) => of(source, record.pass, netPass(record)));
  return { ...rest, passes: [...(model.passes ?? []), ...changes] };
}

/** Options of {@link modelOf}. */
export interface ModelOfOptions {
  /** Models beside those of the registry. */
  readonly own?: readonly ModelFamily[];
  /** [channels, height, width] of the images; default those that the weights were trained on. */
  readonly input?: NetInfo["input"];
}

/**
 * The model of weights: that of their name, for their images and outputs, with the passes that its nets are changed by.
 * Whoever opens weights has the model from here.
 *
 * @param source of the weights, for messages
 * @throws InputError for an unknown model, images that it cannot have, and an ensemble with passes; its nets throw one for
 * passes that belong to another net.
 */
export function modelOf(
  info: Pick<NetInfo, "model" | "input" | "names" | "members" | "passes">,
  source: string,
  { own, input = info.input }: ModelOfOptions = {},
): Model {
  const { model: name, names, members, passes = [] } = info;
  const [channels, height, width] = input;
  const model = createModel(name, { channels, height, width, outputs: names.length || 1 }, own);
  if (passes.length > 0 && members !== undefined) {
    throw new InputError(
      `${source} holds an ensemble of ${members} nets with passes; expected one net, or no passes`,
    );
  }
  return withPasses(model, passes, source);
}

/**
 * A model with a loss by name in the place of the task's; as it is where none is named, and for the usual cross-entropy.
 *
 * @throws InputError for a model that has a loss of its own
 */
export function withLoss(model: Model, name: keyof typeof classLosses | undefined): Model {
  if (name === undefined) return model;
  if (model.loss) {
    throw new InputError(
      `setting loss is ${name}: model ${model.name} has a loss of its own; leave it out`,
    );
  }
  return name === "cross-entropy" ? model : { ...model, loss: classLosses[name] };
}
