// An exported net beside the run that it comes from, on the run's own images.

import { resolve } from "node:path";
import { type Dataset, draw, Loader } from "../data/index.js";
import { WEIGHTS } from "../graph/index.js";
import { IMAGES, imagesOf, netOf } from "../nn/index.js";
import { drawn } from "../runs/compress/calibration.js";
import type { Trained } from "../runs/index.js";
import { sizeOfInput } from "../tasks/index.js";
import { isSource, openData } from "../train/openData.js";
import { INPUT } from "./onnx/onnxGraph.js";
import type { OnnxRuntime, OnnxSession } from "./runtime.js";

/** What a comparison found. */
export interface Parity {
  /** Version of onnxruntime. */
  readonly runtime: string;
  readonly images: number;
  /** Largest difference of two outputs. */
  readonly difference: number;
  /** Largest output by magnitude, which the difference is seen against. */
  readonly largest: number;
  /** Images of which both say the same. */
  readonly same: number;
}

/** Images of a run that it did not learn from: of its test set, or where there is none of its selection set. */
export async function samplesOf(
  { config, task, info }: Trained,
  count: number,
  data?: string,
): Promise<Dataset> {
  const { settings, startedIn: from } = config;
  const named = data === undefined ? {} : { data: isSource(data) ? data : resolve(data) };
  const splits = await openData(
    { ...settings, ...named },
    { from, kind: task.labels, known: info.names },
  );
  return drawn(splits.test ?? draw(splits, settings).selection, count, 1);
}

/** Images at once. */
const BATCH = 8;

/** A batch of images as the net sees them, and what the run's net says of it. */
interface Seen {
  readonly x: Float32Array;
  readonly output: Float32Array;
  readonly size: number;
}

async function* seen({ engine, model, info, w }: Trained, samples: Dataset, batch: number) {
  const net = netOf(model, batch, { training: false });
  net.graph.output("x", imagesOf(net));
  net.graph.output("output", net.output);
  const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
  const loader = new Loader(engine, samples, { batch, seed: 0, shuffle: false, intake: info });
  for (let step = 0; step < loader.stepsPerEpoch; step++) {
    const { images, size } = await loader.batch(0, step);
    const found = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
    yield { ...(found as unknown as Pick<Seen, "x" | "output">), size } satisfies Seen;
  }
}

/** Values of pixels of images that are normalised. */
function pixelsOf(
  x: Float32Array,
  { input: [channels, height, width], mean, std }: Trained["info"],
) {
  return x.map((value, at) => {
    const channel = Math.floor(at / (height * width)) % channels;
    return value * std[channel] + mean[channel];
  });
}

/** Whether two cells of a row say the same: words alike, numbers to three places. */
const alike = (one: string | number, other: string | number): boolean =>
  typeof one === "number" && typeof other === "number"
    ? Math.abs(one - other) <= 1e-3 * Math.max(1, Math.abs(one))
    : one === other;

/** In how many of a batch's images two outputs say the same: the first cell of a row, as the class, the tags, or a number. */
function sameIn(net: Trained, one: Float32Array, other: Float32Array, size: number): number {
  const { task, info, model } = net;
  const shape = netOf(model, 1, { training: false }).output.shape.slice(1);
  const known = { ...info, shape, size: sizeOfInput(model) };
  const [own, theirs] = [one, other].map((output) => {
    const rows = output.subarray(0, (output.length / BATCH) * size);
    return task.decode(rows, known).map((prediction) => task.row(prediction)[0][1]);
  });
  return own.filter((cell, at) => alike(cell, theirs[at])).length;
}

/** Runs a file on images, and compares what comes out with what the run's net gives. */
export async function parity(
  net: Trained,
  { env, Tensor, InferenceSession }: OnnxRuntime,
  file: Uint8Array,
  samples: Dataset,
  freeBatch: boolean,
): Promise<Parity> {
  const session: OnnxSession = await InferenceSession.create(file);
  const [channels, height, width] = net.info.input;
  const batch = freeBatch ? BATCH : 1;
  const numbers = channels * height * width;
  let [difference, largest, same] = [0, 0, 0];
  for await (const { x, output, size } of seen(net, samples, BATCH)) {
    const pixels = pixelsOf(x, net.info);
    const found = new Float32Array(output.length);
    for (let from = 0; from < BATCH; from += batch) {
      const images = pixels.subarray(from * numbers, (from + batch) * numbers);
      const given = await session.run({
        [INPUT]: new Tensor("float32", images, [batch, channels, height, width]),
      });
      found.set(given[net.task.name].data as Float32Array, (from * output.length) / BATCH);
    }
    for (let at = 0; at < (output.length / BATCH) * size; at++) {
      difference = Math.max(difference, Math.abs(output[at] - found[at]));
      largest = Math.max(largest, Math.abs(output[at]));
    }
    same += sameIn(net, output, found, size);
  }
  await session.release();
  return { runtime: env.versions.node ?? "", images: samples.length, difference, largest, same };
}
