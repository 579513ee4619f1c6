// Several nets as one: the mean of their weights, which is a net of the model, or all of them side by side, whose
// outputs are averaged.

import type { Engine, Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import { memberName } from "../models/index.js";
import { netOf } from "../nn/index.js";
import { ensembleQuestion } from "../tasks/index.js";
import { sizeOf } from "../tensor/shape.js";
import { Evaluator, type Prepared, type Statistics } from "../train/index.js";
import type { Particle } from "./particle.js";

/** A net of a swarm, of this process or of another. */
export type Member = Pick<Particle, "id" | "position" | "healthy" | "sum">;

/** A net that is made of several. */
export interface Joined {
  readonly layout: ParamLayout;
  /** The net of these; a vector that the next call may write over. */
  pointOf(particles: readonly Member[]): Promise<Vector>;
  readonly evaluator: Evaluator;
  /** Room for weights of its layout. */
  readonly spare: Vector;
}

/** What means of weights need of the first particle's engine. */
export interface MeanParts {
  readonly layout: ParamLayout;
  readonly evaluator: Evaluator;
  readonly statistics: Statistics;
  /** [layout.length] */
  readonly spare: Vector;
}

/** Stores the mean of the trainable parts. */
export function meanOf(particles: readonly Member[], target: Vector): Promise<void> {
  const weight = 1 / particles.length;
  return particles[0].sum(
    target,
    particles.map(({ position }) => ({ vector: position, weight })),
  );
}

/** The mean of weights, its batch statistics estimated anew; of one net that net. */
export function meanOfWeights({ layout, evaluator, statistics, spare }: MeanParts): Joined {
  return {
    layout,
    evaluator,
    spare,
    async pointOf([first, ...others]) {
      if (others.length === 0) return first.position;
      await spare.write(await first.position.read());
      await meanOf([first, ...others], spare);
      await statistics.renew(spare);
      return spare;
    },
  };
}

/** Parameters of members, each [own.length], as those of an ensemble. */
export function gathered(
  layout: ParamLayout,
  own: ParamLayout,
  members: readonly Float32Array[],
): Float32Array {
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  const all = new Float32Array(layout.length);
  for (const [member, values] of members.entries()) {
    for (const { name, shape, offset } of own.params) {
      const part = values.subarray(offset, offset + sizeOf(shape));
      all.set(part, offsets.get(memberName(member, name))!);
    }
  }
  return all;
}

/** All nets side by side. In the place of one that diverged, or is left out, the first of the others stands. */
export async function ensemble(
  engine: Engine,
  { question, net, config, splits }: Prepared,
  own: ParamLayout,
  members: number,
): Promise<Joined> {
  const asked = ensembleQuestion(question, members);
  const { layout } = netOf(asked.model, 1, { training: false });
  const batch = Math.min(config.batch, splits.train.length);
  const evaluator = await Evaluator.create(engine, asked, batch, net);
  const spare = engine.vector(layout.length);
  return {
    layout,
    evaluator,
    spare,
    async pointOf(particles) {
      const values = await Promise.all(particles.map(({ position }) => position.read()));
      const all = Array.from({ length: members }, (_, at) => values[at] ?? values[0]);
      await spare.write(gathered(layout, own, all));
      return spare;
    },
  };
}
