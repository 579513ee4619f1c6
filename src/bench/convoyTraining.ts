// Convoy's training step exactly as the trainer runs it, of one net or of several that share engines.

import { createEngine, type Engine } from "../engine/index.js";
import { initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { GRADIENT, TARGETS, type TaskGraph, trainingGraph } from "../tasks/index.js";
import { compileWithin } from "../train/index.js";
import { version } from "../version.js";
import type { Arrangement, ConvoyContender } from "./convoy.js";
import { modelOf, randomPictures, settingOf } from "./convoyParts.js";
import type { Task } from "./task.js";

const HYPER = { lr: 0.01, decay: 5e-4 };

/** Targets that take the classes in turn. */
function targetsOf({ batch, classes }: Task): Float32Array {
  const targets = new Float32Array(batch * classes);
  for (let at = 0; at < batch; at++) targets[at * classes + (at % classes)] = 1;
  return targets;
}

/** Nets with the same programs on one engine. */
interface Place {
  readonly flops: number;
  readonly peakBytes: number;
  /** One step of each net. */
  step(number: number): Promise<unknown>;
}

async function openPlace(
  engine: Engine,
  net: TaskGraph,
  task: Task,
  particles: readonly number[],
): Promise<Place> {
  const { program } = await compileWithin(engine, net.graph, { memory: task.memory }, 1);
  const update = await compileUpdate(engine, getRule("nesterov"), net.layout);
  const inputs = { x: randomPictures(engine, task), [TARGETS]: targetsOf(task) };
  const nets = await Promise.all(
    particles.map(async (particle) => {
      const w = engine.vector(net.layout.length);
      await w.write(initialise(net, 1, particle));
      return { particle, w, grad: engine.vector(net.layout.trainable), state: update.init() };
    }),
  );
  const own = 4 * (net.layout.length + 2 * net.layout.trainable);
  const shared = 4 * (inputs.x.length + inputs[TARGETS].length);
  return {
    flops: program.flops * particles.length,
    peakBytes: program.memory.peakBytes + shared + own * particles.length,
    step: (step) =>
      Promise.all(
        nets.flatMap(({ particle, w, grad, state }) => [
          program.run({
            vectors: { w, [GRADIENT]: grad },
            inputs,
            key: { seed: 1, purpose: "dropout", particle, step },
          }),
          update.step(w, grad, state, { ...HYPER, step }),
        ]),
      ),
  };
}

/** Training steps of the task's nets, dealt out to the engines; a step is one of each net. */
export async function openTraining(task: Task, arrangement: Arrangement): Promise<ConvoyContender> {
  const net = trainingGraph(modelOf(task), task.batch);
  const { engine: name, threads } = arrangement;
  const engines = await Promise.all(
    Array.from({ length: arrangement.engines }, () => createEngine({ engine: name, threads })),
  );
  const particles = Array.from({ length: task.nets }, (_, at) => at);
  const places = await Promise.all(
    engines.map((engine, at) => {
      const own = particles.filter((particle) => particle % engines.length === at);
      return openPlace(engine, net, task, own);
    }),
  );
  let done = 0;
  return {
    version,
    setting: settingOf(engines),
    parameters: net.layout.trainable,
    flops: places.reduce((sum, { flops }) => sum + flops, 0),
    cores: engines.length * threads,
    peakBytes: places.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    async run(steps) {
      const [from, to] = [done + 1, done + steps];
      done = to;
      const start = performance.now();
      await Promise.all(
        places.map(async ({ step }) => {
          for (let at = from; at <= to; at++) await step(at);
        }),
      );
      return (performance.now() - start) / 1000;
    },
    close: async () => void (await Promise.all(engines.map((engine) => engine.close()))),
  };
}
