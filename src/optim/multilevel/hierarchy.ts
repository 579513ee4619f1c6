// A net and its coarser ones, compiled: what the levels of all nets of one layout share.

import type { Vector } from "../../engine/engine.js";
import {
  add,
  constant,
  Graph,
  mul,
  type ParamLayout,
  read,
  reduceSum,
  scalar,
  write,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import type { Objective } from "../objective.js";
import type { NetContext } from "../optimizer.js";
import { decayMaskOf } from "../update.js";
import { compileTransfer, type Transfer } from "./transfer.js";

/** Adds weight decay to a gradient in place; returns decay / 2 times the sum of squares. */
export type Penalty = (w: Vector, grad: Vector, decay: number) => Promise<number>;

/** One net of the hierarchy. */
export interface LevelSpec {
  /** Absent for the net itself, whose objective is its own. */
  readonly objective?: Objective;
  readonly layout: ParamLayout;
  /** Cost of its gradient, that of the net itself being 1. */
  readonly work: number;
  readonly penalty: Penalty;
  /** To the next finer one. */
  readonly transfer?: Transfer;
}

/** Depths from the coarsest to that of the net. */
function depthsOf({ model, depth }: NetContext, levels: number): number[] {
  if (!(Number.isInteger(levels) && levels >= 1)) {
    throw new InputError(`levels is ${levels}; expected a whole number from 1`);
  }
  if (levels === 1) return [depth?.blocks ?? 1];
  if (!depth) {
    throw new InputError(
      `model ${model} has no coarser levels: its blocks are no steps of an equation; take an odenet, ` +
        "or optimizer tr-lsr1, which needs none",
    );
  }
  const coarsest = depth.blocks / 2 ** (levels - 1);
  if (!Number.isInteger(coarsest)) {
    const unit = 2 ** (levels - 1);
    throw new InputError(
      `${levels} levels need a depth that ${unit} divides (${unit}, ${2 * unit}, ${3 * unit}, ...), ` +
        `model ${model} has ${depth.blocks} blocks a stage`,
    );
  }
  return Array.from({ length: levels }, (_, at) => coarsest * 2 ** at);
}

function penaltyGraph(length: number): Graph {
  const graph = new Graph();
  const w = read(graph, "w", [length]);
  const pull = mul(mul(scalar(graph, "decay"), read(graph, "mask", [length])), w);
  write("grad", add(read(graph, "grad", [length]), pull));
  graph.output("penalty", mul(reduceSum(mul(pull, w)), constant(graph, 0.5)));
  return graph;
}

async function compilePenalty({ engine }: NetContext, mask: Vector): Promise<Penalty> {
  const program = await engine.compile(penaltyGraph(mask.length));
  return async (w, grad, decay) => {
    if (decay === 0) return 0;
    const { penalty } = await program.run({ vectors: { w, grad, mask }, scalars: { decay } });
    return penalty[0];
  };
}

/**
 * Compiles the levels, coarsest first.
 *
 * @throws InputError for a number of levels that the net's depth does not allow, with those that it does,
 * and for a net whose loss depends on the batch.
 */
export async function compileHierarchy(net: NetContext, levels: number): Promise<LevelSpec[]> {
  const { engine, layout, model } = net;
  if (layout.length > layout.trainable) {
    throw new InputError(
      `model ${model} normalises by the batch, so that its loss is no function of its weights; a trust ` +
        "region needs a net without batch normalisation",
    );
  }
  const depths = depthsOf(net, levels);
  const last = depths.length - 1;
  const objectives = await Promise.all(
    depths.map((blocks, at) => (at < last ? net.objectiveAt(blocks) : undefined)),
  );
  const layouts = objectives.map((objective) => objective?.layout ?? layout);
  // Decay of a coarse block counts for both of its fine ones.
  let mask = engine.vector(layout.trainable);
  await mask.write(decayMaskOf(layout));
  const specs: LevelSpec[] = [];
  for (let at = last; at >= 0; at--) {
    const own = layouts[at];
    const above = layouts[at + 1];
    const transfer =
      above &&
      (await compileTransfer(engine, { fine: above, coarse: own }, net.depth!.stages, depths[at]));
    if (transfer) {
      const restricted = engine.vector(own.trainable);
      await transfer.restrict(mask, restricted);
      mask = restricted;
    }
    specs.unshift({
      objective: objectives[at],
      layout: own,
      work: depths[at] / depths[last],
      penalty: await compilePenalty(net, mask),
      transfer,
    });
  }
  return specs;
}
