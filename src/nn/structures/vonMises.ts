// The t-vMF similarity (Kobayashi 2021, "T-vMF similarity for regularizing intra-class feature distribution", CVPR): a class
// is near or far by the angle between features and its weights alone, and nearly all angles are far.

import {
  add,
  constant,
  div,
  exp,
  log,
  matmul,
  mul,
  reduceSum,
  reshape,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { fill } from "../initialisers.js";
import { lastLinear } from "../lastLinear.js";
import { extend, type Net, type NetPass, withSpecs } from "../net.js";

/** Keeps the length of a row away from 0. */
const TINY = 1e-12;

/** Rows of length 1. */
function directions(rows: Value): Value {
  const squares = reduceSum(mul(rows, rows), [1], true);
  return div(rows, sqrt(add(squares, constant(rows.graph, TINY))));
}

/** (1 + cos) / (1 + kappa (1 - cos)) - 1 of the angles between rows of `x` and of `weights`: from -1 to 1. */
function similarity(x: Value, weights: Value, kappa: number): Value {
  const { graph } = x;
  const cosine = matmul(directions(x), directions(weights), { transposeB: true });
  const one = constant(graph, 1);
  const far = add(one, mul(constant(graph, kappa), sub(one, cosine)));
  return sub(div(add(one, cosine), far), one);
}

/** 1 + log(1 + e^x). */
function factor(x: Value): Value {
  const one = constant(x.graph, 1);
  return add(one, log(add(one, exp(x))));
}

/**
 * The name of the weights of the linear layer that gives a net's outputs.
 *
 * @throws InputError for a net that does not end in one
 */
export function headOf(net: Net): string {
  const found = lastLinear(net);
  if (found) return found.weights;
  throw new InputError("t-vmf: the net does not end in a linear layer with weights of its own");
}

/** Settings of {@link vonMises}. */
export interface VonMisesOptions {
  /** Name of the last layer's weights, which other nets than whole ones may lack. */
  readonly weights: string;
  /** From 0 on, which is a plain cosine. */
  readonly kappa: number;
}

/**
 * The pass that has a net's last layer compare angles: its outputs are
 * s ((1 + cos) / (1 + kappa (1 - cos)) - 1) for the cosine between features and the weights of a class. The bias of the
 * layer is gone; s = 1 + softplus of the parameter `<layer>.factor` [1], which starts at 0.
 *
 * @example
 * import { linear, netOf } from "convoynet/nn";
 * const passes = [vonMises({ weights: "weight", kappa: 16 })];
 * const net = netOf({ layer: linear(3), input: [8] }, 2, { training: true, passes });
 * net.layout.params.map(({ name }) => name); // ["weight", "factor"]
 */
export const vonMises =
  ({ weights, kappa }: VonMisesOptions): NetPass =>
  (net) => {
    if (!net.params.has(weights)) return net;
    const beside = (name: string) => weights.replace(/[^.]*$/, name);
    const wider = extend(net, [
      { name: beside("factor"), shape: [1], kind: "scale", init: fill(0) },
    ]);
    const { node } = wider.output;
    const { graph, image } = rewrite(
      wider.graph,
      (one, [x, rows], _, imageOf) => {
        if (one !== node) return undefined;
        const s = factor(imageOf(wider.params.get(beside("factor"))!));
        return [mul(similarity(x, rows, kappa), reshape(s, [1, 1]))];
      },
      [wider.output, ...wider.params.values()],
    );
    const params = [...wider.params].map(([name, value]) => [name, image(value)] as const);
    const made = { ...wider, graph, params: new Map(params), output: image(wider.output) };
    return withSpecs(
      made,
      wider.specs.filter(({ name }) => name !== beside("bias")),
    );
  };
