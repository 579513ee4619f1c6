// For tests: the net of a case of the tasks' suite, with weights by which its signals live, as a run's net in use.

import { createEngine } from "../../src/engine/index.js";
import { netOf } from "../../src/nn/index.js";
import type { RunConfig } from "../../src/runs/index.js";
import { Trained } from "../../src/runs/index.js";
import { parseConfig } from "../../src/train/config.js";
import { datasetOf, modelOf, type TaskCase } from "../conformance/taskCases.js";
import { livelyWeights } from "./livelyWeights.js";

/** Close it. */
export async function caseNet(one: TaskCase): Promise<Trained> {
  const { task } = one;
  const { labels } = datasetOf(one, 12, 1);
  const names = task.outputs(labels, 1);
  const constants = task.constants?.(labels) ?? {};
  const model = modelOf(one, names.length);
  const { layout } = netOf(model, 1, { training: false });
  const engine = await createEngine({ engine: "reference" });
  const w = engine.vector(layout.length);
  await w.write(livelyWeights(layout));
  const { input } = model;
  const info = {
    ...{ model: model.name, task: task.name, names, constants, input },
    ...{ mean: [128], std: [64], fit: "stretch" as const },
  };
  const { out: _, ...settings } = parseConfig({ data: "none", task: task.name, batch: 8 });
  const config = { settings } as RunConfig;
  return new Trained(config, info, model, task, engine, w);
}
