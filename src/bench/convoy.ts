// Convoy itself as a contender: the training step exactly as the trainer runs it.

import { createEngine } from "../engine/index.js";
import { createModel } from "../models/index.js";
import { initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { GRADIENT, TARGETS, trainingGraph } from "../tasks/index.js";
import { Random } from "../tensor/philox.js";
import { sizeOf } from "../tensor/shape.js";
import { version } from "../version.js";
import type { Contender } from "./contender.js";
import { quantile } from "./measure.js";
import type { StepTask } from "./task.js";

/** Convoy's own side, which also knows what a step costs. */
export interface ConvoyContender extends Contender {
  /** Floating-point operations of one step, a multiply-add counting two. */
  readonly flops: number;
  /** Arena of the program, weights, gradient, optimizer state and inputs together. */
  readonly peakBytes: number;
}

const WARM_UP = 3;
const RACE_SECONDS = 0.7;
const HYPER = { lr: 0.01, decay: 5e-4 };

/** Random pictures, and targets that take the classes in turn. */
function randomBatch({ batch, image, classes }: StepTask) {
  const random = new Random({ seed: 1, purpose: "augment" });
  const x = Float32Array.from({ length: batch * sizeOf(image) }, () => random.uniform());
  const targets = new Float32Array(batch * classes);
  for (let at = 0; at < batch; at++) targets[at * classes + (at % classes)] = 1;
  return { x, targets };
}

async function openWith(
  task: StepTask,
  engineName: string,
  threads: number,
): Promise<ConvoyContender> {
  const [channels, height, width] = task.image;
  const model = createModel(task.model, { channels, height, width, classes: task.classes });
  const engine = await createEngine({ engine: engineName, threads });
  const net = trainingGraph(model, task.batch);
  const program = await engine.compile(net.graph);
  const update = await compileUpdate(engine, getRule("nesterov"), net.layout);
  const state = update.init();
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  const grad = engine.vector(net.layout.trainable);
  const { x, targets } = randomBatch(task);
  const inputs = { x: engine.buffer(x.length), [TARGETS]: engine.buffer(targets.length) };
  inputs.x.set(x);
  inputs[TARGETS].set(targets);
  let step = 0;
  const contender: ConvoyContender = {
    version,
    setting: `${engine.name} engine, ${engine.threads} thread${engine.threads > 1 ? "s" : ""}`,
    parameters: net.layout.trainable,
    flops: program.flops,
    peakBytes:
      program.memory.peakBytes +
      4 * (net.layout.length + 2 * net.layout.trainable + x.length + targets.length),
    async run(steps) {
      const start = performance.now();
      for (let at = 0; at < steps; at++) {
        step++;
        await Promise.all([
          program.run({
            vectors: { w, [GRADIENT]: grad },
            inputs,
            key: { seed: 1, purpose: "dropout", step },
          }),
          update.step(w, grad, state, { ...HYPER, step }),
        ]);
      }
      return (performance.now() - start) / 1000;
    },
    close: () => engine.close(),
  };
  await contender.run(WARM_UP);
  return contender;
}

/** Median seconds of one step, over those that fit into the time of a race. */
async function race(contender: Contender): Promise<number> {
  const end = performance.now() + RACE_SECONDS * 1000;
  const seconds: number[] = [];
  do seconds.push(await contender.run(1));
  while (performance.now() < end);
  return quantile(seconds, 0.5);
}

/** Opens Convoy with the fastest of the task's thread counts. */
export async function openConvoy(task: StepTask, engine = "auto"): Promise<ConvoyContender> {
  let fastest: { seconds: number; threads: number } | undefined;
  for (const threads of task.threads) {
    const contender = await openWith(task, engine, threads);
    const seconds = await race(contender);
    await contender.close();
    if (!fastest || seconds < fastest.seconds) fastest = { seconds, threads };
  }
  if (!fastest) throw new RangeError("bench: no thread count is given");
  return openWith(task, engine, fastest.threads);
}
