// The loss of always the same answer: what a net can say that sees nothing in its images, and knows no more than how
// often things occur. It is fitted, so that it holds for any task and any loss.

import type { Loader } from "../data/index.js";
import type { Engine } from "../engine/engine.js";
import { add, concat, constant, exp, expand, mul, reduceSum, reshape } from "../graph/index.js";
import type { Model } from "../models/index.js";
import { fill, initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { type Asked, outputShape, type Task, toldByImages } from "../tasks/index.js";
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
      const [batch] = x.shape;
      const free = numbers - (told?.shape[1] ?? 0);
      const own = scope.param(x.graph, "answer", [free], fill(0), "bias");
      const one = reshape(positive ? exp(own) : own, [1, free, ...places.map(() => 1)]);
      const answer = expand(one, [batch, free, ...places]);
      if (told) return concat([answer, told], 1);
      // A loss may look at the images of a net, so they have to be there: nothing is made of them.
      const nothing = mul(reduceSum(x, [1, 2, 3]), constant(x.graph, 0));
      return add(answer, reshape(nothing, [batch, 1, ...places.map(() => 1)]));
    },
  };
}

/** The task without what its loss asks of a net's inside, which an answer has not. */
const outside = (task: Task): Task =>
  task.marks && task.heldOut
    ? {
        ...task,
        marks: false,
        loss: (output, _, { images }) => ({
          losses: task.heldOut!(output, images!),
          tallies: {},
        }),
      }
    : task;

/** Batches by number, epoch after epoch. */
const batchOf = (loader: Loader, number: number) => {
  const { stepsPerEpoch } = loader;
  return loader.batch(Math.floor(number / stepsPerEpoch), number % stepsPerEpoch);
};

/**
 * The mean training loss of the best constant answer to a run's training images, as they are augmented. Costs the loading
 * of 320 batches, and no net. What a task asks of a net's inside (codes that are seldom on, say) is left out.
 */
export async function constantLoss(engine: Engine, prepared: Prepared): Promise<number> {
  const { question, splits, config } = prepared;
  const task = outside(question.task);
  const asked = { ...question, task, model: constantModel(question) };
  const loader = openLoader(engine, prepared, {});
  const batch = loader.batchSize;
  const kept = task.state?.({ images: splits.train.length, batch });
  const training = await compileTraining(engine, asked, {
    ...lossOptions(prepared),
    // A penalty is no part of the loss that is told, and may look at layers that an answer has not.
    penalise: undefined,
    state: kept,
    batch,
  });
  const { layout } = training;
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const { seed } = config;
  await w.write(initialise(training, seed));
  const objective = training.objective({ seed, state: kept?.open({ engine, seed }) });
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
