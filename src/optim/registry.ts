// The optimizers by name, alone or inside wrappers. A new one is its file, a row in the tests' table and
// one line here.

import { InputError } from "../inputError.js";
import { byName, withOwn } from "../text/words.js";
import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { amsgrad } from "./amsgrad.js";
import { entropySgd } from "./entropySgd.js";
import { lamb } from "./lamb.js";
import { lars } from "./lars.js";
import { momentum } from "./momentum.js";
import { rmtr, trLsr1 } from "./multilevel/rmtr.js";
import { nadam } from "./nadam.js";
import { nesterov } from "./nesterov.js";
import type { FirstOrder, Optimizer } from "./optimizer.js";
import { radam } from "./radam.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";
import { type Wrapper, wrappers } from "./wrappers/index.js";

const all: readonly Optimizer[] = [
  sgd,
  momentum,
  nesterov,
  adagrad,
  rmsprop,
  adadelta,
  adam,
  adamw,
  amsgrad,
  nadam,
  radam,
  lars,
  lamb,
  entropySgd,
  rmtr,
  trLsr1,
];

/** Every optimizer; what goes around them are the {@link wrappers}. */
export const optimizers = (): readonly Optimizer[] => all;

/** An optimizer inside a wrapper. */
function wrapped(wrapper: Wrapper, base: Optimizer): FirstOrder {
  const name = `${wrapper.name}(${base.name})`;
  if (!("rule" in base)) {
    throw new InputError(
      `${name}: ${base.name} has steps of its own; ${wrapper.name} needs a rule`,
    );
  }
  const twice = Object.keys(wrapper.defaults).find((key) => key in base.defaults);
  if (twice) throw new InputError(`${name}: two numbers are called "${twice}"`);
  return {
    ...base,
    ...wrapper.wrap(base),
    name,
    source: `${wrapper.source}; ${base.source}`,
    defaults: { ...base.defaults, ...wrapper.defaults },
  };
}

/** Name of the optimizer inside all wrappers: `lars` of `lookahead(sam(lars))`. */
export const baseOf = (name: string): string => name.replace(/^.*\(|\)+$/g, "");

/**
 * An optimizer by name, or inside wrappers as `lookahead(sam(lars))`: the outer one does last what it does.
 *
 * @param own optimizers beside those of the registry
 * @throws InputError for an unknown name, with the nearest one; for brackets that do not match, and for
 * wrappers that do not go together.
 * @example
 * getOptimizer("adam").defaults; // { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
 * getOptimizer("sam(sgd)").defaults; // { rho: 0.05 }
 */
export function getOptimizer(name: string, own: readonly Optimizer[] = []): Optimizer {
  const [, outer, inner] = /^\s*([\w-]+)\s*\((.*)\)\s*$/s.exec(name) ?? [];
  if (outer !== undefined)
    return wrapped(byName("wrapper", outer, wrappers()), getOptimizer(inner, own));
  if (!/[()]/.test(name)) return byName("optimizer", name.trim(), withOwn("optimizer", all, own));
  throw new InputError(
    `optimizer ${name}: brackets do not match; expected e.g. lookahead(sam(sgd))`,
  );
}

/** Whether an optimizer finds its own steps, so that there is no rate to give. */
export const isSelfPaced = (optimizer: Optimizer): boolean =>
  "open" in optimizer && optimizer.selfPaced === true;

/** Gradients of a step; a method, whose steps need not be alike, cannot tell. */
export const gradientsOf = (optimizer: Optimizer): number | undefined =>
  "rule" in optimizer ? (optimizer.gradients ?? 1) : undefined;

/**
 * A first-order optimizer by name.
 *
 * @throws InputError for a name that {@link getOptimizer} refuses, and for a method without an update rule.
 * @example
 * getRule("lookahead(adam)").state; // ["first", "second", "lookahead.lag"]
 */
export function getRule(name: string): FirstOrder {
  const optimizer = getOptimizer(name);
  if ("rule" in optimizer) return optimizer;
  throw new InputError(`${name} has steps of its own; expected an optimizer with an update rule`);
}
