// The objective of a classifier: its training graph, compiled for batches of one size.

import type { Engine, Program } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import type { Model } from "../models/index.js";
import { IMAGES, type ParamSpec, WEIGHTS } from "../nn/index.js";
import type { Objective } from "../optim/index.js";
import { GRADIENT, TARGETS, type TrainingOptions, trainingGraph } from "../tasks/index.js";

/** A compiled training graph; serves any number of nets of one layout, one step after the other. */
export interface TrainingProgram {
  readonly program: Program;
  readonly layout: ParamLayout;
  /** What `initialise` needs to begin. */
  readonly specs: readonly ParamSpec[];
}

/** Compiles the loss and gradient of a classifier on batches of a fixed size. */
export async function compileTraining(
  engine: Engine,
  model: Model,
  { batch, ...options }: { readonly batch: number } & TrainingOptions,
): Promise<TrainingProgram> {
  const { graph, layout, specs } = trainingGraph(model, batch, options);
  return { program: await engine.compile(graph), layout, specs };
}

/**
 * The objective of one net; `particle` and the seed fix its dropout.
 *
 * @example
 * const engine = await createEngine();
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, classes: 10 });
 * const training = await compileTraining(engine, model, { batch: 64 });
 * const objective = classificationObjective(training, { seed: 1 });
 * const { trainable, length } = objective.layout;
 * const [w, grad] = [engine.vector(length), engine.vector(trainable)];
 * await w.write(initialise(training, 1));
 * const { train } = await openDataset("mnist");
 * const batch = await new Loader(engine, train, { batch: 64, seed: 1, shuffle: true }).batch(0, 0);
 * const { loss } = await objective.evaluate(w, batch, { grad }, { epoch: 0, step: 0 });
 * loss > 0 && (await engine.reduce.norm(grad)) > 0; // true
 * await engine.close();
 */
export function classificationObjective(
  { program, layout }: TrainingProgram,
  { seed, particle }: { readonly seed: number; readonly particle?: number },
): Objective {
  return {
    layout,
    async evaluate(w, { images, targets }, { grad }, { epoch, step }) {
      const { loss, logits } = await program.run({
        vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
        inputs: { [IMAGES]: images, [TARGETS]: targets },
        key: { seed, purpose: "dropout", particle, epoch, step },
      });
      return { loss: loss[0], logits: logits as Float32Array };
    },
  };
}
