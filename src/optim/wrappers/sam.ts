// Sharpness-aware minimisation (Foret, Kleiner, Mobahi and Neyshabur 2020, arXiv 2010.01412): the gradient is
// taken not at the weights but a little way uphill from them, at the worst point near by, so that
// training looks for weights whose whole neighbourhood has a small loss. Two gradients a step.

import type { Vector } from "../../engine/engine.js";
import {
  add,
  constant,
  div,
  Graph,
  mul,
  type ParamLayout,
  read,
  scalar,
  select,
  step,
  write,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { normsOf } from "../norms.js";
import type { NetContext, Probe } from "../optimizer.js";
import type { Wrapper } from "./wrapper.js";

/** probe = w + rho grad / |grad|; w where the gradient is zero. */
function climbGraph(layout: ParamLayout): Graph {
  const graph = new Graph();
  const [w, grad] = ["w", "grad"].map((name) => read(graph, name, [layout.trainable]));
  const length = normsOf(layout).all(grad);
  const share = div(scalar(graph, "rho"), length);
  write("probe", add(w, mul(select(step(length), share, constant(graph, 0)), grad)));
  return graph;
}

/** A second evaluation uphill; its batch statistics stay behind there. */
async function openProbe({ engine, layout }: NetContext): Promise<Probe> {
  const climb = await engine.compile(climbGraph(layout));
  /** The point uphill of each net. */
  const probes = new WeakMap<Vector, Vector>();
  return async ({ objective, w, grad, batch, moment, hyper }) => {
    const probe = probes.get(w) ?? engine.vector(layout.length);
    probes.set(w, probe);
    const here = objective.evaluate(w, batch, { grad }, moment);
    if (objective.collective) await here;
    const climbed = climb.run({ vectors: { w, grad, probe }, scalars: { rho: hyper.rho } });
    const there = objective.evaluate(probe, batch, { grad }, moment);
    return (await Promise.all([here, climbed, there]))[0];
  };
}

/** The gradient at distance `rho` (0.05) uphill, of the same batch, wherever in a chain of wrappers it stands. */
export const sam: Wrapper = {
  name: "sam",
  source: "Foret, Kleiner, Mobahi and Neyshabur 2020, arXiv 2010.01412",
  defaults: { rho: 0.05 },
  wrap(base) {
    if (!base.probe) return { probe: openProbe, gradients: 2 };
    throw new InputError(
      `sam(${base.name}): the gradient is taken elsewhere already; once is enough`,
    );
  },
};
