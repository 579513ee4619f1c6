// For tests: the loss of a task on outputs that the test makes, wherever the task has it worked out.

import type { Buffer } from "../../src/engine/engine.js";
import { referenceEngine } from "../../src/engine/reference/index.js";
import { constant, Graph, gradients, input, mul, reduceSum } from "../../src/graph/index.js";
import { type Asked, type HostLoss, talliesOf } from "../../src/tasks/index.js";
import { TALLY } from "../../src/tasks/tallies.js";

type Inputs = Readonly<Record<string, Buffer>>;

/** The loss of a batch of outputs of a shape [n, ...], and the targets that go with them. */
export type LossOf = (output: Float32Array, targets: Inputs) => Promise<HostLoss>;

/** Makes the loss of a task's outputs ready, on the reference engine where it is a graph. */
export async function compileLoss(
  { task, targets, constants }: Omit<Asked, "model">,
  [batch, ...shape]: readonly number[],
  smoothing = 0,
  dice = 0,
): Promise<LossOf> {
  const { loss, hostLoss } = task;
  const [height, width] = shape.slice(-2);
  if (!loss)
    return async (output, of) => hostLoss!(output, of, batch, constants, { height, width });
  const graph = new Graph();
  const output = input(graph, "output", [batch, ...shape]);
  const inputs = Object.fromEntries(
    Object.entries(targets).map(([name, { dtype, shape: own }]) => [
      name,
      input(graph, name, [batch, ...own], dtype),
    ]),
  );
  const { losses, tallies } = loss(output, inputs, { smoothing, dice, constants });
  const mean = mul(reduceSum(losses), constant(graph, 1 / batch));
  graph.output("losses", losses);
  graph.output("gradient", gradients(mean, [output])[0]);
  for (const [name, sum] of Object.entries(tallies)) graph.output(TALLY + name, sum);
  const program = await referenceEngine().compile(graph);
  return async (values, of) => {
    const found = await program.run({ inputs: { output: values, ...of } });
    return {
      losses: found.losses as Float32Array,
      gradient: found.gradient as Float32Array,
      tallies: talliesOf(found),
    };
  };
}
