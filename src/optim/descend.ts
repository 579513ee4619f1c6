// From an optimizer to descents: one way for a run to work with update rules and methods alike.

import type { Descents, FirstOrder, NetContext, Optimizer } from "./optimizer.js";
import { compileUpdate } from "./update.js";

/** A step is a gradient and an update, one behind the other in the engine's queue. */
async function openRule(rule: FirstOrder, { engine, layout }: NetContext): Promise<Descents> {
  const update = await compileUpdate(engine, rule, layout);
  return {
    begin(objective, w) {
      const vectors = update.init();
      const grad = engine.vector(layout.trainable);
      return {
        state: { vectors, numbers: {} },
        queued: true,
        async step({ batch, moment, hyper, key }) {
          const evaluated = objective.evaluate(w, batch, { grad }, moment);
          const updated = update.step(w, grad, vectors, hyper, key);
          return { ...(await Promise.all([evaluated, updated]))[0], gradients: 1 };
        },
      };
    },
  };
}

/** Compiles an optimizer for the nets of one layout on one engine. */
export const openOptimizer = (optimizer: Optimizer, net: NetContext): Promise<Descents> =>
  "rule" in optimizer ? openRule(optimizer, net) : optimizer.open(net);
