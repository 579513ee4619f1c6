// The objective of a task whose loss the host works out: one program gives the outputs, the host says how the loss
// changes with each of them, a second program takes that as an input and makes the gradient by the weights.

import type { Bindings, Engine } from "../engine/engine.js";
import { sumReports } from "../engine/memory.js";
import { GRADIENT, type Graph, WEIGHTS } from "../graph/index.js";
import { halfPrecision } from "../graph/passes/halfPrecision.js";
import { InputError } from "../inputError.js";
import { IMAGES } from "../nn/index.js";
import type { Objective } from "../optim/index.js";
import { type Asked, hostTrainingGraphs, OUTPUT_GRADIENT, sizeOfInput } from "../tasks/index.js";
import type {
  CompileTrainingOptions,
  Examples,
  ObjectiveOptions,
  TrainingProgram,
} from "./objective.js";

type HostOptions = Omit<CompileTrainingOptions, "rule">;

/** Settings that look into the one graph of a step; here there are two. */
const apart = ["accumulate", "memory", "recompute", "keep", "lossScale"] as const;

function refuse(task: string, options: HostOptions): void {
  const asked = apart.find((name) => options[name] !== undefined && options[name] !== 1);
  if (asked === undefined) return;
  throw new InputError(
    `setting ${asked}: the loss of task ${task} is worked out between two passes of the net, which takes no ` +
      `${asked}; leave it out`,
  );
}

/**
 * Compiles the two halves of a step on batches of a fixed size. A step computes the forward pass twice: a third more
 * work than a loss in the graph.
 *
 * @throws InputError for settings that only a loss in the graph can have.
 */
export async function compileHostTraining(
  engine: Engine,
  question: Asked,
  options: HostOptions,
): Promise<TrainingProgram> {
  const { task, constants, model } = question;
  const size = sizeOfInput(model);
  refuse(task.name, options);
  const { forward, backward } = hostTrainingGraphs(question, options.batch, options);
  const stored = options.precision === "bf16" ? halfPrecision : (graph: Graph) => graph;
  const first = await engine.compile(stored(forward.graph));
  const second = await engine.compile(stored(backward.graph));
  const { layout, specs } = backward;

  const objective = ({ seed, particle }: ObjectiveOptions): Objective<Examples> => ({
    layout,
    // The second half joins the queue only when the host has looked at the first.
    collective: true,
    async evaluate(w, { images, targets }, { grad }, { epoch, step }) {
      const key = { seed, purpose: "dropout", particle, epoch, step } as const;
      const bindings: Bindings = { vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images }, key };
      const output = (await first.run(bindings)).output as Float32Array;
      const found = task.hostLoss!(output, targets, options.batch, constants, size);
      await second.run({
        key,
        vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
        inputs: { [IMAGES]: images, [OUTPUT_GRADIENT]: found.gradient },
      });
      const sum = found.losses.reduce((total, loss) => total + loss, 0);
      return { loss: sum / options.batch, tallies: found.tallies };
    },
  });
  return {
    objective,
    fused: false,
    gradientCost: 1,
    flops: first.flops + second.flops,
    memory: sumReports([first.memory, second.memory]),
    layout,
    specs,
  };
}
