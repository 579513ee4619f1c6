// A server of a run's net, by Convoy's engine or by onnxruntime-node behind the same server:
//
//   node examples/serving/server.mjs convoy|onnxruntime RUN THREADS [SETTINGS]
//
// SETTINGS are those of `serve` as JSON. For onnxruntime RUN has been exported to RUN.onnx, and images have the size of the
// net's input. Everything but the net is the same: reading, decoding, joining, what is made of outputs, answering.
// Prints its address.

import { openTrained } from "convoynet";
import { servable, serve } from "convoynet/serve";

const [by, run, threads, given = "{}"] = process.argv.slice(2);
const settings = { port: 0, batch: 32, ...JSON.parse(given) };
const net = await openTrained(run, { threads: Number(threads), batch: settings.batch });
const own = servable(net, { top: 3 });

/** The bytes of images [height, width, channels] as numbers [channels, height, width]. */
function planes(images, [channels, height, width]) {
  const size = height * width;
  const found = new Float32Array(images.length * channels * size);
  for (const [image, { data }] of images.entries()) {
    const start = image * channels * size;
    for (let channel = 0; channel < channels; channel++) {
      const plane = start + channel * size;
      for (let at = 0; at < size; at++) found[plane + at] = data[at * channels + channel];
    }
  }
  return found;
}

async function byRuntime() {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(`${run}.onnx`, {
    intraOpNumThreads: Number(threads),
    graphOptimizationLevel: "all",
  });
  const [input] = session.inputNames;
  const { info, task } = net;
  const predict = async (images) => {
    const dims = [images.length, ...info.input];
    const pixels = new Tensor("float32", planes(images, info.input), dims);
    const output = (await session.run({ [input]: pixels }))[task.name];
    const shape = output.dims.slice(1);
    return task.decode(output.data, { ...info, shape, size: info.input.slice(1) }, { top: 3 });
  };
  const [channels, height, width] = info.input;
  const blank = { height, width, channels, data: new Uint8Array(channels * height * width) };
  const prepare = (count) => predict(Array(count).fill(blank));
  return { ...own, predict, prepare };
}

const server = await serve(by === "convoy" ? own : await byRuntime(), settings);
console.log(server.address);
process.once("SIGTERM", async () => {
  await server.close();
  await net.close();
  process.exit();
});
