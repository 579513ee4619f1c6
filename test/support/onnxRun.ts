// For tests: nets in onnxruntime beside the same nets here.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxFile } from "../../src/deploy/onnx/model.js";
import { INPUT, type OnnxGraphOptions, onnxGraph } from "../../src/deploy/onnx/onnxGraph.js";
import type { Engine } from "../../src/engine/index.js";
import { WEIGHTS } from "../../src/graph/index.js";
import type { Model } from "../../src/models/index.js";
import { IMAGES, netOf } from "../../src/nn/index.js";

/** What onnxruntime gives for images. */
export async function runOnnx(
  file: Uint8Array,
  images: Float32Array,
  shape: readonly number[],
  graphOptimizationLevel: "disabled" | "all" = "all",
) {
  const session = await InferenceSession.create(file, { graphOptimizationLevel });
  const found = await session.run({ [INPUT]: new Tensor("float32", images, shape) });
  const { data, dims } = found[session.outputNames[0]];
  await session.release();
  return { data: data as Float32Array, dims };
}

/** Outputs of a model here and there, for images that are normalised already. */
export interface Beside {
  readonly file: Uint8Array;
  readonly freeBatch: boolean;
  readonly dims: readonly number[];
  readonly shape: readonly number[];
  readonly own: Float32Array;
  readonly theirs: Float32Array;
  /** Largest difference over the largest output, or over 1. */
  readonly difference: number;
}

/** Largest difference of numbers over the largest one, or over 1. */
export function relativeDifference(own: Float32Array, theirs: Float32Array): number {
  let [largest, difference] = [1, 0];
  for (const [at, value] of own.entries()) {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - theirs[at]));
  }
  return difference / largest;
}

/** Runs a model with parameters on a batch, on an engine and in onnxruntime. */
export async function besideOnnx(
  engine: Engine,
  model: Model,
  values: Float32Array,
  images: Float32Array,
  options: OnnxGraphOptions = { name: model.name, output: "output" },
): Promise<Beside> {
  const [channels, height, width] = model.input;
  const batch = images.length / (channels * height * width);
  const build = (count: number) => netOf(model, count, { training: false });
  const net = build(batch);
  net.graph.output("output", net.output);
  const { graph, freeBatch } = onnxGraph(build, values, options);
  const w = engine.vector(values.length);
  await w.write(values);
  const program = await engine.compile(net.graph);
  const run = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
  const own = run.output as Float32Array;
  const file = onnxFile(graph, model.name);
  const { data, dims } = await runOnnx(file, images, [batch, channels, height, width]);
  const difference = relativeDifference(own, data);
  return { file, freeBatch, dims, shape: net.output.shape, own, theirs: data, difference };
}
