// From an optimizer to descents: one way for a run to work with update rules and methods alike.

import type { Program, Vector } from "../engine/engine.js";
import { add, Graph, read, write } from "../graph/index.js";
import type { Objective } from "./objective.js";
import type { Descent, Descents, FirstOrder, NetContext, Optimizer, Probe } from "./optimizer.js";
import { bindRule, compileUpdate, initState, type StateVectors } from "./update.js";

/** The gradient at the weights. */
const plain: Probe = ({ objective, w, grad, batch, moment }) =>
  objective.evaluate(w, batch, { grad }, moment);

/** target = w + offset. */
function deployGraph(length: number): Graph {
  const graph = new Graph();
  write("target", add(read(graph, "w", [length]), read(graph, "offset", [length])));
  return graph;
}

/** Makes a net's steps from what it has of state. */
type Stepping = (objective: Objective, w: Vector, state: StateVectors) => Descent["step"];

/** A step is a gradient and an update, one behind the other in the engine's queue. */
async function stepApart(rule: FirstOrder, net: NetContext): Promise<Stepping> {
  const { engine, layout, part } = net;
  const update = await compileUpdate(engine, rule, layout, part);
  const probe = (await rule.probe?.(net)) ?? plain;
  const { gradients = 1 } = rule;
  return (objective, w, state) => {
    const grad = engine.vector(layout.trainable);
    return async (input) => {
      const hyper = { ...rule.defaults, ...input.hyper };
      const probed = probe({ ...input, hyper, objective, w, grad });
      if (objective.collective) await probed;
      const updated = update.step(w, grad, state, hyper, input.key);
      if (part) await updated.then(() => part.complete(w));
      const [evaluated] = await Promise.all([probed, updated]);
      return { ...evaluated, gradients };
    };
  };
}

/** A step is one pass of a net that holds the rule itself. */
const stepFused =
  (rule: FirstOrder): Stepping =>
  (objective, w, state) =>
  async ({ batch, hyper, moment }) => {
    const evaluated = await objective.descend!(w, batch, bindRule(rule, state, hyper), moment);
    return { ...evaluated, gradients: 1 };
  };

async function openRule(rule: FirstOrder, net: NetContext): Promise<Descents> {
  const { engine, layout, part, fused } = net;
  const { trainable } = part?.layout ?? layout;
  const stepping = fused ? stepFused(rule) : await stepApart(rule, net);
  const { deploys } = rule;
  const deploy: Program | undefined =
    deploys === undefined ? undefined : await engine.compile(deployGraph(layout.trainable));
  return {
    begin(objective, w) {
      const vectors = initState(engine, rule, trainable);
      return {
        state: { vectors, numbers: {} },
        queued: !objective.collective,
        step: stepping(objective, w, vectors),
        ...(deploy && {
          async deploy(target) {
            await deploy.run({ vectors: { target, w, offset: vectors[deploys!] } });
          },
        }),
      };
    },
  };
}

/** Compiles an optimizer for the nets of one layout on one engine. */
export const openOptimizer = (optimizer: Optimizer, net: NetContext): Promise<Descents> =>
  "rule" in optimizer ? openRule(optimizer, net) : optimizer.open(net);
