// The loss of always the same answer: what a net can say that sees nothing in its images, and knows no more than how
// often things occur. It is fitted, so that it holds for any task and any loss.

import type { Loader } from "../data/index.js";
import type { Engine } from "../engine/engine.js";
import { concat, exp, expand, reshape } from "../graph/index.js";
import type { Model } from "../models/index.js";
import { fill, initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { type Asked, outputShape, toldByImages } from "../tasks/index.js";
import { compileTraining, lossOptions, openLoader, type Prepared } from "../train/index.js";

/** Batches that the answer is fitted on, and others that tell its loss before and after. */
const FITTED = 192;
const TOLD = 64;
/** Adam's first rate, which falls to 0: so an output can go as far as half of rate times batches. */
const RATE = 0.1;

/** A net that gives a number for each output, the same at every place and for every image, beside what an image alone tells. */
function constantModel({ model, task }: Pick<Asked, "model" | "task">): Model {
  const { name, source, input, outputs, loss, positive } = model;
  const shape = outputShape(task, model);
  const [numbers, ...places] = shape;
  return {
    ...{ name, source, input, outputs, loss, positive },
    layer: (x, scope) => {
      const told = toldByImages(task, x);
      const free = numbers - (told?.shape[1] ?? 0);
      const own = scope.param(x.graph, "answer", [free], fill(0), "bias");
      const one = reshape(positive ? exp(own) : own, [1, free, ...places.map(() => 1)]);
      const answer = expand(one, [x.shape[0], free, ...places]);
      return told ? concat([answer, told], 1) : answer;
    },
  };
}

/** Batches by number, epoch after epoch. */
const batchOf = (loader: Loader, number: number) => {
  const { stepsPerEpoch } = loader;
  return loader.batch(Math.floor(number / stepsPerEpoch), number % stepsPerEpoch);
};

/**
 * The mean training loss of the best constant answer to a run's training images, as they are augmented. Costs the loading
 * of 320 batches, and no net.
 */
export async function constantLoss(engine: Engine, prepared: Prepared): Promise<number> {
  const asked = { ...prepared.question, model: constantModel(prepared.question) };
  const loader = openLoader(engine, prepared, {});
  const training = await compileTraining(engine, asked, {
    ...lossOptions(prepared),
    batch: loader.batchSize,
  });
  const { layout } = training;
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  await w.write(initialise(training, prepared.config.seed));
  const objective = training.objective({ seed: prepared.config.seed });
  const update = await compileUpdate(engine, getRule("adam"), layout);
  const state = update.init();
  const lossOf = async (number: number) => {
    const moment = { epoch: 0, step: number };
    return (await objective.evaluate(w, await batchOf(loader, number), { grad }, moment)).loss;
  };
  const told = async () => {
    let sum = 0;
    for (let number = FITTED; number < FITTED + TOLD; number++) sum += await lossOf(number);
    return sum / TOLD;
  };
  // A loss that searches, as that of points, may have no way down from there.
  const ofNothing = await told();
  for (let step = 0; step < FITTED; step++) {
    await lossOf(step);
    await update.step(w, grad, state, { lr: RATE * (1 - step / FITTED), step: step + 1 });
  }
  return Math.min(ofNothing, await told());
}
