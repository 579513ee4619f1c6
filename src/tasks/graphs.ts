// Classification with one class per image: the graphs that train and evaluate a model.

import {
  constant,
  type Graph,
  gradients,
  input,
  mul,
  type ParamLayout,
  reduceSum,
  scalar,
  write,
} from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/model.js";
import { build, fuse, type ParamSpec, softmaxCrossEntropy } from "../nn/index.js";

/** Name of the input that holds class probabilities, f32 [batch, classes]. */
export const TARGETS = "targets";
/** Name of the vector that receives the gradient, of the layout's trainable length. */
export const GRADIENT = "grad";

/** A model's graph for one batch size, and the layout of the vector `w` that it reads. */
export interface TaskGraph {
  readonly graph: Graph;
  readonly layout: ParamLayout;
  /** What {@link initialise} needs. */
  readonly specs: readonly ParamSpec[];
}

/** Options of {@link trainingGraph}. */
export interface TrainingOptions {
  /** Share of the target spread evenly over the classes; default 0. */
  readonly labelSmoothing?: number;
  /** Images that batch norm takes its statistics over; default the whole batch. */
  readonly ghost?: number;
  /** Factor that the loss has in the backward pass, and so each number of the gradient; default 1. */
  readonly lossScale?: number;
}

function shapesOf(model: Model, batch: number) {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`batch must be a whole number of at least 1, found ${batch}`);
  }
  return { images: [batch, ...model.input], targets: [batch, model.classes] };
}

/**
 * Loss and gradient of one batch. Inputs `x` f32 [batch, c, h, w] and `targets` f32 [batch, classes];
 * outputs `loss` (mean, shape []) and `logits` [batch, classes]. Reads the vector `w`, writes the
 * vector `grad`, times the loss scale, and, in `w`, the new batch statistics.
 *
 * @throws InputError for a batch that is not a whole number from 1, or too small for the model.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, classes: 10 });
 * const { graph, layout } = trainingGraph(model, 64);
 * [...graph.outputs.keys()]; // ["loss", "logits"]
 * layout.trainable; // 61706
 */
export function trainingGraph(
  model: Model,
  batch: number,
  { labelSmoothing = 0, ghost, lossScale = 1 }: TrainingOptions = {},
): TaskGraph {
  const shapes = shapesOf(model, batch);
  const net = fuse(build(model.layer, shapes.images, { training: true, ghost }));
  const { graph, layout, specs, params, output } = net;
  const targets = input(graph, TARGETS, shapes.targets);
  const lossOf = model.loss ?? softmaxCrossEntropy;
  const losses = lossOf(output, targets, { smoothing: labelSmoothing });
  const loss = mul(reduceSum(losses), constant(graph, 1 / batch));
  graph.output("loss", loss);
  graph.output("logits", output);
  const trained = layout.params.filter(({ kind }) => kind !== "statistic");
  const grads = gradients(
    lossScale === 1 ? loss : mul(loss, constant(graph, lossScale)),
    trained.map(({ name }) => params.get(name)!),
  );
  for (const [at, { offset }] of trained.entries()) write(GRADIENT, grads[at], offset);
  return { graph, layout, specs };
}

/**
 * Logits [batch, classes] and losses [batch] of one batch, without label smoothing and with running
 * statistics. Inputs and `w` as in {@link trainingGraph}; `w` stays as it is.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, classes: 10 });
 * const { graph } = evaluationGraph(model, 100);
 * graph.outputs.get("logits")?.shape; // [100, 10]
 * graph.outputs.get("losses")?.shape; // [100]
 */
export function evaluationGraph(model: Model, batch: number): TaskGraph {
  const shapes = shapesOf(model, batch);
  const net = fuse(build(model.layer, shapes.images, { training: false }));
  const { graph, layout, specs, output } = net;
  const lossOf = model.loss ?? softmaxCrossEntropy;
  graph.output("logits", output);
  graph.output("losses", lossOf(output, input(graph, TARGETS, shapes.targets)));
  return { graph, layout, specs };
}

/**
 * A forward pass that only renews the batch statistics in `w`: each becomes old + `momentum` (batch -
 * old), `momentum` a run-time scalar; 1, 1/2, 1/3, … in turn give the mean over the batches. Input
 * `x`. `undefined` for a net without such statistics.
 */
export function statisticsGraph(model: Model, batch: number): Graph | undefined {
  const shapes = shapesOf(model, batch);
  const momentum = (graph: Graph) => scalar(graph, "momentum");
  const { graph } = build(model.layer, shapes.images, { training: true, momentum });
  return graph.nodes.some(({ op }) => op.name === "write") ? graph : undefined;
}
