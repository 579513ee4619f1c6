// For tests: one run of a task's graph on the reference engine, with images of noise.

import type { Outputs, Vector } from "../../src/engine/engine.js";
import { referenceEngine } from "../../src/engine/reference/index.js";
import { GRADIENT } from "../../src/graph/index.js";
import type { Model } from "../../src/models/model.js";
import { initialise } from "../../src/nn/index.js";
import type { TaskGraph } from "../../src/tasks/graphs.js";
import { Random } from "../../src/tensor/philox.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { targetInputs } from "./questions.js";

/** What a run returned, and the vectors that it read and wrote. */
export interface TaskRun {
  readonly outputs: Outputs;
  readonly w: Vector;
  readonly grad: Vector;
}

/** Runs `task` once on `batch` images of noise, image `i` being of class `i % outputs`. */
export async function runOnNoise(model: Model, task: TaskGraph, batch: number): Promise<TaskRun> {
  const engine = referenceEngine();
  const program = await engine.compile(task.graph);
  const w = engine.vector(task.layout.length);
  const grad = engine.vector(task.layout.trainable);
  await w.write(initialise(task, 1));
  const random = new Random({ seed: 1, purpose: "augment" });
  const x = Float32Array.from({ length: batch * sizeOf(model.input) }, () => random.normal());
  const targets = new Float32Array(batch * model.outputs);
  for (let at = 0; at < batch; at++) targets[at * model.outputs + (at % model.outputs)] = 1;
  const outputs = await program.run({
    vectors: { w, [GRADIENT]: grad },
    inputs: { x, ...targetInputs(targets, model.outputs) },
    key: { seed: 1, purpose: "dropout" },
  });
  return { outputs, w, grad };
}
