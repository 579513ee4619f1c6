// Numbers from 0 to 1 that are 0 or 1 with some probability, and along which gradients go nevertheless: the hard concrete
// distribution (Louizos, Welling and Kingma 2018, "Learning sparse neural networks through L0 regularization", arXiv 1712.01312).

import { add, constant, log, max, min, mul, sigmoid, sub, type Value } from "../../graph/index.js";

/** Temperature, and the ends of the interval that is cut off at 0 and 1; those of the paper. */
const [BETA, GAMMA, ZETA] = [2 / 3, -0.1, 1.1];

/**
 * What a parameter of a gate is multiplied by to be log alpha. A gate has to go some way of log alpha, on a slope as small as its
 * part of the net: so it goes ten times as far by steps of Adam, and a hundred times by those of SGD.
 */
const SCALE = 10;

/** How far random numbers stay from 0 and 1. */
const EPSILON = 1e-6;

/** The probability by which a gate is shut in the beginning, nearly. */
const DROPPED = 0.1;

/** What the parameter of a gate starts as. */
export const FIRST = Math.log((1 - DROPPED) / DROPPED) / SCALE;

const number = (x: Value, value: number) => constant(x.graph, value);

const logAlpha = (param: Value): Value => mul(param, number(param, SCALE));

/** A number from 0 to 1 stretched beyond both, and cut off at them. */
const cut = (s: Value): Value => {
  const stretched = add(mul(s, number(s, ZETA - GAMMA)), number(s, GAMMA));
  return min(max(stretched, number(s, 0)), number(s, 1));
};

/**
 * Gates as random numbers of the hard concrete distribution.
 *
 * @param param of the gates, of any shape
 * @param draws uniform numbers in [0, 1) of the same shape
 */
export function drawnGates(param: Value, draws: Value): Value {
  const inside = add(mul(draws, number(draws, 1 - 2 * EPSILON)), number(draws, EPSILON));
  const noise = sub(log(inside), log(sub(number(draws, 1), inside)));
  return cut(sigmoid(mul(add(noise, logAlpha(param)), number(param, 1 / BETA))));
}

/** Gates in use, without chance. */
export const fixedGates = (param: Value): Value => cut(sigmoid(logAlpha(param)));

/** The probabilities that gates are not 0. */
export const openChances = (param: Value): Value =>
  sigmoid(sub(logAlpha(param), number(param, BETA * Math.log(-GAMMA / ZETA))));

/** A gate in use, on the host. */
export const fixedGate = (param: number): number =>
  Math.min(1, Math.max(0, (ZETA - GAMMA) / (1 + Math.exp(-SCALE * param)) + GAMMA));
