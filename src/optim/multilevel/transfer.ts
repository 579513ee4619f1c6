// Between a net and the same net at half the depth: piecewise constant in depth. A correction of a coarse
// block goes to both of its fine ones (I), gradients of two fine blocks are added (R, the transpose of I), an
// iterate is their mean (P, so that P I is the identity). What lies outside the stages is the same on both
// sides (Kopanicakova and Krause 2021, arXiv 2107.07572).

import type { Engine, Program, Vector } from "../../engine/engine.js";
import {
  constant,
  expand,
  Graph,
  mul,
  type Param,
  type ParamLayout,
  read,
  reduceSum,
  trainedParams,
  type Value,
  write,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { sizeOf } from "../../tensor/shape.js";

/** A run of elements: `blocks` coarse blocks of `size` numbers each, or one piece that both sides share. */
interface Span {
  readonly fine: number;
  readonly coarse: number;
  readonly blocks: number;
  readonly size: number;
  /** Fine blocks for each coarse one. */
  readonly ratio: 1 | 2;
}

/** The transfer operators between two neighbouring levels; vectors have the layouts' trainable length. */
export interface Transfer {
  /** I: what a coarse correction is on the finer level. */
  prolong(coarse: Vector, fine: Vector): Promise<void>;
  /** R = I': the coarse part of a fine gradient. */
  restrict(fine: Vector, coarse: Vector): Promise<void>;
  /** P: the coarse point that is nearest to a fine one. */
  project(fine: Vector, coarse: Vector): Promise<void>;
}

const stageOf = ({ name }: Param, stages: readonly string[]) =>
  stages.find((stage) => name.startsWith(`${stage}.`));

/** The trainable parameters in runs of those of one stage, or of none. */
function runsOf(layout: ParamLayout, stages: readonly string[]) {
  const runs: { stage?: string; offset: number; length: number }[] = [];
  for (const param of trainedParams(layout)) {
    const stage = stageOf(param, stages);
    const last = runs.at(-1);
    if (!last || last.stage !== stage) runs.push({ stage, offset: param.offset, length: 0 });
    runs.at(-1)!.length += sizeOf(param.shape);
  }
  return runs;
}

/** How the elements of two layouts belong together; `blocks` are those of a coarse stage. */
function spansOf(
  fine: ParamLayout,
  coarse: ParamLayout,
  stages: readonly string[],
  blocks: number,
): Span[] {
  const [above, below] = [runsOf(fine, stages), runsOf(coarse, stages)];
  return above.map(({ stage, offset, length }, at) => {
    const own = below[at];
    const ratio = stage === undefined ? 1 : 2;
    if (own?.stage !== stage || own.length * ratio !== length) {
      throw new InputError(
        `levels: ${length} parameters of ${stage ?? "no stage"} do not belong to ${own?.length} below`,
      );
    }
    const count = stage === undefined ? 1 : blocks;
    return { fine: offset, coarse: own.offset, blocks: count, size: own.length / count, ratio };
  });
}

/** The sums over the fine blocks of each coarse one, times what `weight` says of their number. */
function downGraph(spans: readonly Span[], weight: (ratio: number) => number): Graph {
  const graph = new Graph();
  for (const { fine, coarse, blocks, size, ratio } of spans) {
    const all = read(graph, "fine", [blocks, ratio, size], fine);
    const sum = ratio === 1 ? all : reduceSum(all, [1], true);
    const factor = weight(ratio);
    write("coarse", factor === 1 ? sum : mul(sum, constant(graph, factor)), coarse);
  }
  return graph;
}

function upGraph(spans: readonly Span[]): Graph {
  const graph = new Graph();
  for (const { fine, coarse, blocks, size, ratio } of spans) {
    const one: Value = read(graph, "coarse", [blocks, 1, size], coarse);
    write("fine", expand(one, [blocks, ratio, size]), fine);
  }
  return graph;
}

/**
 * Compiles the operators between a net and its coarser one.
 *
 * @param stages names of the parts that are halved
 * @param blocks of each of them on the coarse side
 * @throws InputError for layouts that do not belong together.
 */
export async function compileTransfer(
  engine: Engine,
  { fine, coarse }: { readonly fine: ParamLayout; readonly coarse: ParamLayout },
  stages: readonly string[],
  blocks: number,
): Promise<Transfer> {
  const spans = spansOf(fine, coarse, stages, blocks);
  const graphs = [upGraph(spans), downGraph(spans, () => 1), downGraph(spans, (n) => 1 / n)];
  const [up, sum, mean] = await Promise.all(graphs.map((graph) => engine.compile(graph)));
  const run = async (program: Program, vectors: Readonly<Record<string, Vector>>) => {
    await program.run({ vectors });
  };
  return {
    prolong: (below, above) => run(up, { coarse: below, fine: above }),
    restrict: (above, below) => run(sum, { coarse: below, fine: above }),
    project: (above, below) => run(mean, { coarse: below, fine: above }),
  };
}
