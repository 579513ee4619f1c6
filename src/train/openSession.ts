// From a settled run to a net in training and its evaluator.

import { createEngine } from "../engine/index.js";
import { Evaluator } from "./evaluator.js";
import { keepFeatures } from "./keepFeatures.js";
import { openLearner } from "./learner.js";
import type { Prepared } from "./prepare.js";
import { Session } from "./session.js";
import { Statistics } from "./statistics.js";

/** A session at the start of its run, on an engine of its own. */
export async function openSession(settled: Prepared): Promise<Session> {
  const engine = await createEngine(settled.config);
  const kept = keepFeatures(settled, engine);
  const { prepared } = kept;
  const { question, net, splits } = prepared;
  try {
    const learner = await openLearner(engine, prepared);
    kept.use(learner.w);
    const evaluator = await Evaluator.create(engine, question, learner.batchSize, net);
    return new Session({
      prepared,
      engine,
      kept,
      learner,
      evaluator,
      selection: evaluator.loader(splits.selection),
      statistics: new Statistics(engine, prepared, learner.batchSize),
      average: learner.deploy && engine.vector(learner.layout.length),
    });
  } catch (error) {
    kept.close();
    await engine.close();
    throw error;
  }
}
