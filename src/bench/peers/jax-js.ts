// jax-js on its WASM backend as a peer: the whole step, gradient and update, is one compiled function.

import { readFileSync } from "node:fs";
import type { Array as Tensor } from "@jax-js/jax";
import type { Workload } from "../workload.js";
import { nets, type Param } from "./jax-js-nets.js";
import { netOf, type PeerNet, serve } from "./serve.js";

const LR = 0.01;
const MOMENTUM = 0.9;
const DECAY = 5e-4;

/** The version of a package whose entry point lies in a folder of it. */
function versionOf(name: string): string {
  const description = new URL("../package.json", import.meta.resolve(name));
  return JSON.parse(readFileSync(description, "utf8")).version;
}

async function open(workload: Workload): Promise<PeerNet> {
  const jax = await import("@jax-js/jax");
  const { defaultDevice, init, jit, nn, numpy, random, valueAndGrad } = jax;
  const { batch, image, classes } = workload;
  const net = netOf(nets, workload);
  await init("wasm");
  defaultDevice("wasm");

  const shapes: number[][] = [];
  const collect: Param = (shape) => {
    shapes.push(shape);
    return numpy.zeros(shape);
  };
  net(jax, numpy.zeros([1, ...image]), collect, classes).dispose();

  let weights = shapes.map((shape, at) => random.normal(random.key(at), shape).mul(0.1));
  let momenta = shapes.map((shape) => numpy.zeros(shape));
  const x = random.uniform(random.key(100), [batch, ...image]);
  const labels = Int32Array.from({ length: batch }, (_, at) => at % classes);
  const y = nn.oneHot(numpy.array(labels), classes);

  const lossOf = (w: Tensor[], images: Tensor, targets: Tensor) => {
    let at = 0;
    const logits = net(jax, images, () => w[at++], classes);
    return nn
      .logSoftmax(logits)
      .mul(targets)
      .sum()
      .mul(-1 / batch);
  };
  const update = jit((w: Tensor[], v: Tensor[], images: Tensor, targets: Tensor) => {
    const [loss, grads] = valueAndGrad(lossOf)(
      w.map((one) => one.ref),
      images,
      targets,
    );
    const decayed = grads.map((grad, at) => grad.add(w[at].ref.mul(DECAY)));
    const moved = v.map((one, at) => one.mul(MOMENTUM).add(decayed[at].ref));
    const next = w.map((one, at) => one.sub(decayed[at].add(moved[at].ref.mul(MOMENTUM)).mul(LR)));
    return { next, moved, loss };
  });

  return {
    version: versionOf("@jax-js/jax"),
    setting: "wasm backend, jit",
    parameters: shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0),
    async step() {
      const result = update(weights, momenta, x.ref, y.ref);
      weights = result.next;
      momenta = result.moved;
      await Promise.all(weights.map((one) => one.ref.blockUntilReady()));
      await result.loss.data();
    },
  };
}

await serve(open);
