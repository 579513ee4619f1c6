// From a settled run to a net in training and its evaluator.

import { createEngine } from "../engine/index.js";
import { Evaluator } from "./evaluator.js";
import { openLearner } from "./learner.js";
import type { Prepared } from "./prepare.js";
import { Session } from "./session.js";
import { Statistics } from "./statistics.js";

/** A session at the start of its run, on an engine of its own. */
export async function openSession(prepared: Prepared): Promise<Session> {
  const { question, net, splits, config } = prepared;
  const engine = await createEngine(config);
  try {
    const learner = await openLearner(engine, prepared);
    const evaluator = await Evaluator.create(engine, question, learner.batchSize, net);
    return new Session({
      prepared,
      engine,
      learner,
      evaluator,
      selection: evaluator.loader(splits.selection),
      statistics: new Statistics(engine, prepared, learner.batchSize),
      average: learner.deploy && engine.vector(learner.layout.length),
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}
