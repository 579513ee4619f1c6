// Images made of noise that give a net's batch norms the statistics that they have learned: what is left of the training images
// in a net without any of them (Cai et al. 2020, ZeroQ, arXiv 2001.00281).

import type { Engine } from "../../engine/index.js";
import {
  add,
  constant,
  GRADIENT,
  gradients,
  layoutOf,
  mul,
  type Node,
  read,
  reduceSum,
  reshape,
  sqrt,
  sub,
  type Value,
  WEIGHTS,
  write,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { build, IMAGES, type Layer, type Net } from "../../nn/index.js";
import { compileUpdate, getRule } from "../../optim/index.js";
import { Random } from "../../tensor/philox.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";

/** Added to variances. */
const EPS = 1e-5;

/** What images are made for: a model, or its layer and the shape of one image [c, h, w]. */
interface Shown {
  readonly layer: Layer;
  readonly input: Shape;
}

/** Options of {@link distilledImages}. */
export interface DistilOptions {
  /** Images made together, whose statistics count; default 64. */
  readonly batch?: number;
  /** Steps of Adam; default 100. */
  readonly steps?: number;
  /** Its rate; default 0.1. */
  readonly rate?: number;
  /** Of the noise; default 0. */
  readonly seed?: number;
}

const meanSquare = (x: Value): Value =>
  mul(reduceSum(mul(x, x)), constant(x.graph, 1 / sizeOf(x.shape)));

/** The batch norm that a new running statistic is made by, and which of its results that is. */
function normOf({ node, index }: Value): { readonly norm: Node; readonly result: number } {
  if (node.op.name === "batchNorm") return { norm: node, result: index };
  const sources = node.inputs.filter((each) => !["read", "constant"].includes(each.node.op.name));
  return normOf(sources[0]);
}

/** The batch norms of a net in training, and where its vector has the mean and the variance of each. */
function batchNorms({ graph }: Net): Map<Node, number[]> {
  const norms = new Map<Node, number[]>();
  for (const { op, inputs, attrs } of graph.nodes) {
    if (op.name !== "write") continue;
    const { norm, result } = normOf(inputs[0]);
    const offsets = norms.get(norm) ?? [];
    offsets[result - 1] = attrs["offset"] as number;
    norms.set(norm, offsets);
  }
  return norms;
}

/** Mean and standard deviation of each channel [c], through which gradients flow. */
function statisticsOf(x: Value): readonly [mean: Value, deviation: Value] {
  const { graph, shape } = x;
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = sizeOf(shape) / shape[1];
  const mean = mul(reduceSum(x, axes), constant(graph, 1 / count));
  const away = sub(
    x,
    reshape(
      mean,
      shape.map((size, axis) => (axis === 1 ? size : 1)),
    ),
  );
  const variance = mul(reduceSum(mul(away, away), axes), constant(graph, 1 / (count - 1)));
  return [mean, deviationOf(variance)];
}

const deviationOf = (variance: Value): Value => sqrt(add(variance, constant(variance.graph, EPS)));

/** How far the statistics of a batch are from those of a net; the images are a vector as the parameters are. */
function distanceGraph({ layer, input }: Shown, batch: number) {
  const shape = [batch, ...input];
  const net = build(layer, shape, { training: true });
  const norms = batchNorms(net);
  const { graph, image } = rewrite(
    net.graph,
    ({ op, attrs }, _, target) => {
      if (op.name === "write") return [];
      const isImages = op.name === "input" && attrs["name"] === IMAGES;
      return isImages ? [read(target, IMAGES, shape, 0)] : undefined;
    },
    [...norms.keys()].map(({ inputs: [x] }) => x),
  );
  const far = [...norms].map(([{ inputs }, offsets]) => {
    const [mean, deviation] = statisticsOf(image(inputs[0]));
    const [wantedMean, wantedVariance] = offsets.map((offset) =>
      read(graph, WEIGHTS, mean.shape, offset),
    );
    return add(
      meanSquare(sub(mean, wantedMean)),
      meanSquare(sub(deviation, deviationOf(wantedVariance))),
    );
  });
  return { graph, far, shape };
}

/** Whether a net has batch norms, whose statistics images could be made by. */
export const hasStatistics = (model: Shown): boolean => distanceGraph(model, 2).far.length > 0;

/**
 * A batch of images f32 [batch, c, h, w], as the net takes them, of which its batch norms find means and standard deviations
 * near their running ones. No image of any data is looked at.
 *
 * @param w all parameters of the model's net
 * @returns the images, and the sum over the batch norms of the squared distances before and after
 * @example
 * import { batchNorm, conv2d } from "convoynet/nn";
 * const model = { layer: sequential(conv2d(4, 3), batchNorm()), input: [1, 8, 8] };
 * const net = netOf(model, 8, { training: false });
 * const engine = await createEngine();
 * const { before, after } = await distilledImages(engine, model, initialise(net, 1), { batch: 8 });
 * after < before; // true
 * await engine.close();
 */
export async function distilledImages(
  engine: Engine,
  model: Shown,
  w: Float32Array,
  { batch = 64, steps = 100, rate = 0.1, seed = 0 }: DistilOptions = {},
): Promise<{ readonly images: Float32Array; readonly before: number; readonly after: number }> {
  const { graph, far, shape } = distanceGraph(model, batch);
  const distance = far.reduce(add);
  graph.output("distance", distance);
  const source = graph.nodes.find(({ attrs }) => attrs["vector"] === IMAGES)!;
  write(GRADIENT, gradients(distance, [source.outputs[0]])[0], 0);
  const layout = layoutOf([{ name: IMAGES, shape, kind: "shift" }]);
  const [weights, images, grad] = [w.length, layout.length, layout.length].map((length) =>
    engine.vector(length),
  );
  await weights.write(w);
  const random = new Random({ seed, purpose: "noise" });
  await images.write(Float32Array.from({ length: layout.length }, () => random.normal()));
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const update = await compileUpdate(engine, getRule("adam"), layout);
  const state = update.init();
  const distances: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const { distance: now } = await program.run({
      vectors: { [WEIGHTS]: weights, [IMAGES]: images, [GRADIENT]: grad },
      key: { seed, purpose: "dropout", step },
    });
    distances.push(now[0]);
    await update.step(images, grad, state, { lr: rate, step });
  }
  return { images: await images.read(), before: distances[0], after: distances[steps - 1] };
}
