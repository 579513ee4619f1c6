// RMTR: trust regions on a hierarchy of nets of different depths, with curvature from limited-memory SR1 and
// samples that grow (Kopanicakova and Krause 2021, arXiv 2107.07572). There is no learning rate.

import { InputError } from "../../inputError.js";
import type { Descents, Hyper, NetContext, Procedure } from "../optimizer.js";
import { MultilevelDescent } from "./descent.js";
import { compileHierarchy } from "./hierarchy.js";
import { firstSample } from "./sample.js";

/** Numbers of both methods. */
const shared = {
  // Pairs that each level remembers.
  memory: 5,
  // Trust-region steps before and after a coarse correction; twice as many where there is none.
  smoothing: 1,
  // Images in the first samples.
  sample: 512,
};

function checkNumbers(numbers: Hyper, least: number): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new InputError(`${name} is ${value}; expected a whole number from ${least}`);
  }
}

async function open(net: NetContext, levels: number): Promise<Descents> {
  const { engine, batch, outputs, hyper } = net;
  const { memory, smoothing, sample, coarseSteps = 0, start = 0 } = hyper;
  checkNumbers({ memory, smoothing, sample }, 1);
  checkNumbers({ coarseSteps, start }, 0);
  const specs = await compileHierarchy(net, levels);
  const batches = firstSample(sample, outputs, batch);
  const settings = { memory, smoothing, coarseSteps, start, batches };
  return {
    begin: (objective, w, batchAt) =>
      new MultilevelDescent(engine, specs, objective, w, batchAt, settings),
  };
}

/** The multilevel method. */
export const rmtr: Procedure = {
  name: "rmtr",
  source: "Kopanicakova and Krause 2021, arXiv 2107.07572",
  defaults: {
    levels: 3,
    ...shared,
    // Trust-region steps on the coarsest level, in each cycle.
    coarseSteps: 5,
    // Cycles on each coarser level before the net itself is trained; 0 begins with the net.
    start: 5,
  },
  selfPaced: true,
  open: (net) => open(net, net.hyper.levels),
};

/** Its steps on the net alone. */
export const trLsr1: Procedure = {
  name: "tr-lsr1",
  source: "Kopanicakova and Krause 2021, arXiv 2107.07572, on one level",
  defaults: shared,
  selfPaced: true,
  open: (net) => open(net, 1),
};
