// How much the loss of a run's net bends along the weights of its layers, on some of its training images.

import {
  type BitWork,
  gaussNewtonTraces,
  hessianTraces,
  type LayerCurvature,
  type Segment,
} from "../../compress/index.js";
import { type Dataset, type Labels, Loader } from "../../data/index.js";
import { GRADIENT, type ParamLayout, WEIGHTS } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { IMAGES } from "../../nn/index.js";
import { fixedGradientGraph, predictionGraph, targetsOf } from "../../tasks/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { Forward } from "../../train/forward.js";
import type { Trained } from "../trained.js";

/** Most images of a run of the program. */
const LARGEST = 64;

/** The gradients of a net's mean loss on images, a batch at a time; images that fill no batch are left out. */
async function openGradients(net: Trained, images: Dataset) {
  const { engine, model, task, info } = net;
  const batch = Math.min(LARGEST, images.length);
  const { graph, layout } = fixedGradientGraph(net.question(images.labels), batch);
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const steps = Math.floor(images.length / batch);
  /** @param labels in the place of the images' own */
  async function* gradients(point: Float32Array, labels: Labels = images.labels) {
    await w.write(point);
    const loader = new Loader(
      engine,
      { ...images, labels },
      {
        ...{ batch, seed: 0, shuffle: false, intake: info },
        targets: targetsOf(model, task, labels, info.constants),
      },
    );
    for (let step = 0; step < steps; step++) {
      const { images: x, targets } = await loader.batch(0, step);
      const inputs = { [IMAGES]: x, ...targets };
      await program.run({ vectors: { [WEIGHTS]: w, [GRADIENT]: grad }, inputs });
      yield await grad.read();
    }
  }
  return { gradients, layout, batch, steps };
}

type Gradients = Awaited<ReturnType<typeof openGradients>>;

/** What the net gives of each image, one behind the other. */
async function outputsOf({ engine, model, info, w }: Trained, images: Dataset) {
  const graphOf = (batch: number) => predictionGraph(model, batch).graph;
  const forward = new Forward(engine, graphOf, info, LARGEST);
  const found: Float32Array[] = [];
  await forward.run(w, images, (output) => void found.push(output.slice()));
  const all = new Float32Array(found.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const output of found) {
    all.set(output, at);
    at += output.length;
  }
  return all;
}

/** By labels that the net draws, where its task has such; they are alike for every layer, and never below 0. */
async function byDrawnLabels(
  net: Trained,
  images: Dataset,
  { gradients, batch }: Gradients,
  segments: readonly Segment[],
) {
  const w = await net.w.read();
  const outputs = await outputsOf(net, images);
  const { seed } = net.config.settings;
  return gaussNewtonTraces(
    (draw) => {
      const random = new Random({ seed, purpose: "noise", step: draw });
      return gradients(w, net.task.drawn!(images.labels, outputs, random));
    },
    segments,
    { batch },
  );
}

/** By differences of gradients, which is all that any loss allows. */
async function byDifferences(
  net: Trained,
  { gradients, layout, steps }: Gradients,
  segments: readonly Segment[],
) {
  const gradientAt = async (point: Float32Array) => {
    const sum = new Float64Array(layout.trainable);
    for await (const gradient of gradients(point)) {
      for (const [at, slope] of gradient.entries()) sum[at] += slope;
    }
    return Float32Array.from(sum, (slope) => slope / steps);
  };
  return hessianTraces(gradientAt, await net.w.read(), segments, {
    seed: net.config.settings.seed,
  });
}

const placeOf = ({ params }: ParamLayout, name: string): Segment => {
  const { offset, shape } = params.find((param) => param.name === name)!;
  return { name, offset, length: sizeOf(shape) };
};

/**
 * The mean eigenvalue of how the loss bends along each layer, by its name, with its weights: of the Gauss-Newton matrix where
 * the net can draw labels and its model has no loss of its own, else of the Hessian.
 *
 * @throws InputError for a task whose loss no graph works out.
 */
export async function curvatureOf(
  net: Trained,
  layers: readonly BitWork[],
  images: Dataset,
): Promise<ReadonlyMap<string, LayerCurvature>> {
  const { task, model } = net;
  if (!task.loss) {
    throw new InputError(`task ${task.name}: its loss is no graph, whose bends could be found`);
  }
  const opened = await openGradients(net, images);
  const segments = layers.map(({ weights }) => placeOf(opened.layout, weights));
  const drawn = task.drawn !== undefined && model.loss === undefined;
  const traces = drawn
    ? await byDrawnLabels(net, images, opened, segments)
    : await byDifferences(net, opened, segments);
  const w = await net.w.read();
  return new Map(
    layers.map(({ name }, at) => {
      const { offset, length } = segments[at];
      return [name, { weights: w.subarray(offset, offset + length), mean: traces[at].mean }];
    }),
  );
}
