// From a settled run to a net in training and its evaluator.

import type { Engine } from "../engine/engine.js";
import { Evaluator } from "./evaluator.js";
import { openLearner } from "./learner.js";
import type { Prepared } from "./prepare.js";
import { Session } from "./session.js";
import { Statistics } from "./statistics.js";

/** A session at the start of its run. */
export async function openSession(engine: Engine, prepared: Prepared): Promise<Session> {
  const { question, net, splits } = prepared;
  const learner = await openLearner(engine, prepared);
  const evaluator = await Evaluator.create(engine, question, learner.batchSize, net);
  const average = learner.deploy && {
    point: engine.vector(learner.layout.length),
    statistics: await Statistics.open(engine, prepared, learner.batchSize),
  };
  return new Session({
    prepared,
    learner,
    evaluator,
    selection: evaluator.loader(splits.selection),
    average,
  });
}
