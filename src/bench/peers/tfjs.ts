// TensorFlow.js as a peer, on the fastest of its backends that can train. As of 4.22 that is `cpu`: its
// WASM backend has no kernel for the gradient of a convolution's filter (tensorflow/tfjs#8474), which
// is tried and told. Its optimizers know no weight decay: a little less work than Convoy's step.

import type { Workload } from "../workload.js";
import { netOf, type PeerNet, serve } from "./serve.js";
import { nets } from "./tfjs-nets.js";

type Library = typeof import("@tensorflow/tfjs");

/** The net and its step on the backend that is set. */
function openNet(tf: Library, workload: Workload): Pick<PeerNet, "parameters" | "step"> {
  const net = netOf(nets, workload)(tf, workload);
  const [channels, height, width] = workload.image;
  const x = tf.randomUniform([workload.batch, height, width, channels]);
  const labels = Int32Array.from({ length: workload.batch }, (_, at) => at % workload.classes);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), workload.classes).toFloat();
  const optimizer = tf.train.momentum(0.01, 0.9, true);
  const evaluate = () =>
    tf.losses.softmaxCrossEntropy(y, net.apply(x, { training: true }) as never) as never;
  return {
    parameters: net.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0),
    async step() {
      const loss = optimizer.minimize(evaluate, true)!;
      await loss.data();
      loss.dispose();
    },
  };
}

/** Why the WASM backend cannot take a step, or `undefined` when it can. */
async function wasmFault(tf: Library, workload: Workload): Promise<string | undefined> {
  try {
    await import("@tensorflow/tfjs-backend-wasm");
    await tf.setBackend("wasm");
    await openNet(tf, workload).step();
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0];
  }
}

await serve(async (workload) => {
  const tf = await import("@tensorflow/tfjs");
  netOf(nets, workload);
  const fault = await wasmFault(tf, workload);
  if (fault !== undefined) await tf.setBackend("cpu");
  return {
    version: tf.version.tfjs,
    setting: fault === undefined ? "wasm backend" : `cpu backend (wasm cannot train: ${fault})`,
    ...openNet(tf, workload),
  };
});
