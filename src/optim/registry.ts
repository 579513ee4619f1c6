// The optimizers by name. A new one is its file, a row in the tests' table and one line here.

import { byName } from "../text.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { entropySgd } from "./entropySgd.js";
import { momentum } from "./momentum.js";
import { nesterov } from "./nesterov.js";
import type { FirstOrder, Optimizer } from "./optimizer.js";
import { sgd } from "./sgd.js";

const all: readonly Optimizer[] = [sgd, momentum, nesterov, adam, adamw, entropySgd];

/** Every optimizer. */
export const optimizers = (): readonly Optimizer[] => all;

/**
 * An optimizer by name.
 *
 * @throws RangeError for an unknown name; it suggests the nearest one.
 * @example
 * getOptimizer("adam").defaults; // { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
 */
export const getOptimizer = (name: string): Optimizer => byName("optimizer", name, all);

/**
 * A first-order optimizer by name.
 *
 * @throws RangeError for an unknown name, and for a method that has no update rule.
 * @example
 * getRule("adam").state; // ["first", "second"]
 */
export function getRule(name: string): FirstOrder {
  const optimizer = getOptimizer(name);
  if ("rule" in optimizer) return optimizer;
  throw new RangeError(`${name} has steps of its own; expected an optimizer with an update rule`);
}
