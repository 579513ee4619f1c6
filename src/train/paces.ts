// Settings that hold parts of a net back: which stay as they are, and which learn at a rate of their own.

import { InputError } from "../inputError.js";
import { type Model, paced } from "../models/index.js";
import type { Optimizer } from "../optim/index.js";
import type { TrainConfig } from "./config.js";

/** The parts that a setting names. */
const namesOf = (list: string | undefined): string[] =>
  list === undefined ? [] : list.split(",").map((name) => name.trim());

/** A model with its parts frozen and paced as settings say. */
export function pacedModel(model: Model, { freeze, rates }: Pick<TrainConfig, "freeze" | "rates">) {
  const frozen = namesOf(freeze);
  const twice = frozen.find((name) => Object.hasOwn(rates, name));
  if (twice !== undefined) {
    throw new InputError(`setting rates: ${twice} is frozen and has a rate; leave one of them out`);
  }
  const parts = { ...rates, ...Object.fromEntries(frozen.map((name) => [name, 0])) };
  return Object.keys(parts).length === 0 ? model : paced(model, parts);
}

/** Refuses rates of parts where the optimizer's steps are not those of a rule. */
export function checkPaces(optimizer: Optimizer, { rates }: Pick<TrainConfig, "rates">): void {
  if (Object.keys(rates).length === 0) return;
  if ("rule" in optimizer && !optimizer.placed && optimizer.deploys === undefined) return;
  throw new InputError(
    `setting rates: ${optimizer.name} moves all parts of a net alike; take another optimizer`,
  );
}
