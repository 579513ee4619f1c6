// How much the loss of a run's net bends along the weights of its layers, on some of its training images.

import { type BitWork, hessianTraces, type LayerCurvature } from "../../compress/index.js";
import { type Dataset, Loader } from "../../data/index.js";
import { GRADIENT, type ParamLayout, WEIGHTS } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { IMAGES } from "../../nn/index.js";
import { fixedGradientGraph, targetsOf } from "../../tasks/index.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Trained } from "../trained.js";

/** Most images of a run of the program. */
const LARGEST = 64;

/** The gradient of a net's mean loss on images, at any point; images that fill no batch are left out. */
async function gradientOn(net: Trained, images: Dataset) {
  const { engine, model, task, info } = net;
  const question = net.question(images.labels);
  const batch = Math.min(LARGEST, images.length);
  const { graph, layout } = fixedGradientGraph(question, batch);
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const loader = new Loader(engine, images, {
    ...{ batch, seed: 0, shuffle: false, intake: info },
    targets: targetsOf(model, task, images.labels, info.constants),
  });
  const steps = Math.floor(images.length / batch);
  const gradientAt = async (point: Float32Array) => {
    await w.write(point);
    const sum = new Float64Array(layout.trainable);
    for (let step = 0; step < steps; step++) {
      const { images: x, targets } = await loader.batch(0, step);
      const inputs = { [IMAGES]: x, ...targets };
      await program.run({ vectors: { [WEIGHTS]: w, [GRADIENT]: grad }, inputs });
      for (const [at, slope] of (await grad.read()).entries()) sum[at] += slope;
    }
    return Float32Array.from(sum, (slope) => slope / steps);
  };
  return { gradientAt, layout };
}

const placeOf = ({ params }: ParamLayout, name: string) => {
  const { offset, shape } = params.find((param) => param.name === name)!;
  return { name, offset, length: sizeOf(shape) };
};

/**
 * The mean eigenvalue of the Hessian of each layer, by its name, with its weights.
 *
 * @throws InputError for a task whose loss no graph works out.
 */
export async function curvatureOf(
  net: Trained,
  layers: readonly BitWork[],
  images: Dataset,
  seed: number,
): Promise<ReadonlyMap<string, LayerCurvature>> {
  if (!net.task.loss) {
    throw new InputError(`task ${net.task.name}: its loss is no graph, whose bends could be found`);
  }
  const { gradientAt, layout } = await gradientOn(net, images);
  const w = await net.w.read();
  const segments = layers.map(({ weights }) => placeOf(layout, weights));
  const traces = await hessianTraces(gradientAt, w, segments, { seed });
  return new Map(
    layers.map(({ name }, at) => {
      const { offset, length } = segments[at];
      return [name, { weights: w.subarray(offset, offset + length), mean: traces[at].mean }];
    }),
  );
}
