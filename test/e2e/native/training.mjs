// A small training step on the built package, for scripts that run in a Node of their own.

import { createModel } from "convoynet/models";
import { initialise } from "convoynet/nn";
import { ask, classification, trainingGraph } from "convoynet/tasks";

/** Compiles a step of a model on `engine` and returns a function that runs it once. */
export async function training(engine, name, batch, image) {
  const model = createModel(name, { ...image, outputs: 10 });
  const labels = { kind: "class", of: new Int32Array(0), classes: [..."0123456789"] };
  const net = trainingGraph(ask(model, classification, labels), batch, {});
  const program = await engine.compile(net.graph);
  const [w, grad] = [engine.vector(net.layout.length), engine.vector(net.layout.trainable)];
  await w.write(initialise(net, 1));
  const x = engine.buffer(batch * image.channels * image.height * image.width);
  for (let at = 0; at < x.length; at++) x[at] = Math.sin(at * 0.37);
  const targets = new Float32Array(batch * 10);
  for (let row = 0; row < batch; row++) targets[row * 10] = 1;
  // All are of the first class, in front of which there is none.
  const order = targets.map((target) => target - 1);
  const key = { seed: 1, purpose: "dropout" };
  return () => program.run({ vectors: { w, grad }, inputs: { x, targets, order }, key });
}

/** LeNet-5 on a batch of 28x28 pixels. */
export const lenet5 = (engine, batch) =>
  training(engine, "lenet5", batch, { channels: 1, height: 28, width: 28 });
