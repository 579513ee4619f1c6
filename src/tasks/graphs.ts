// The graphs that train and evaluate a net on a task.

import type { TargetMaker } from "../data/index.js";
import {
  add,
  constant,
  GRADIENT,
  type Graph,
  gradients,
  input,
  mul,
  type ParamLayout,
  reduceSum,
  reshape,
  scalar,
  slice,
  trainedParams,
  type Value,
  write,
} from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { CELL_OUTPUTS, countCells } from "../models/cells.js";
import { countFrames, FRAME_OUTPUTS } from "../models/frames.js";
import type { Model } from "../models/model.js";
import { PIECE_OUTPUTS, sheetPieces, spreadsOf } from "../models/pieces.js";
import { imagesOf, type Layer, type Net, netOf, type ParamSpec } from "../nn/index.js";
import { formatShape, type Shape, sameShape } from "../tensor/shape.js";
import type { Penalised } from "./penalties/penalty.js";
import type { TaskState } from "./state.js";
import { TALLY } from "./tallies.js";
import type { Constants, OutputForm, Task, TaskLossOptions } from "./task.js";
import { type Teaching, taught } from "./teaching.js";
import type { Weighting } from "./weighting.js";

/** A net that is asked something. */
export interface Asked {
  readonly model: Model;
  readonly task: Task;
  /** The inputs that hold its targets. */
  readonly targets: TargetMaker["inputs"];
  readonly constants: Constants;
}

/** A model's graph for one batch size, and the layout of the vector `w` that it reads. */
export interface TaskGraph {
  readonly graph: Graph;
  readonly layout: ParamLayout;
  /** What {@link initialise} needs. */
  readonly specs: readonly ParamSpec[];
}

/** Options of {@link trainingGraph}. */
export interface TrainingOptions extends Weighting {
  /** Inputs of the task's state, where it has one. */
  readonly state?: Pick<TaskState, "inputs">;
  /** Share of the target spread evenly over the classes; default 0. */
  readonly labelSmoothing?: number;
  /** Share of the soft Dice loss; default 0. */
  readonly dice?: number;
  /** Images that batch norm takes its statistics over; default the whole batch. */
  readonly ghost?: number;
  /** Who teaches the net; default nobody. */
  readonly teaching?: Teaching;
  /**
   * A number [], made of the net and its losses, that is added to the loss in the backward pass; what is told as loss is
   * without it. Default none.
   */
  readonly penalise?: (net: Net, penalised: Penalised) => Value;
  /** Factor that the loss has in the backward pass, and so each number of the gradient; default 1. */
  readonly lossScale?: number;
}

/** The shape of one image's output that a task needs, and in words. */
const outputForms: {
  readonly [F in OutputForm]: {
    shape(model: Pick<Model, "input" | "outputs">): Shape;
    /** The last of an image's numbers [n, k, ...] as the images alone tell them; default none. */
    readonly told?: (images: Value) => Value;
    readonly cure: string;
  };
} = {
  vector: {
    shape: ({ outputs }) => [outputs],
    cure: "numbers for each image; choose a model that gives them, as resnet20",
  },
  map: {
    shape: ({ outputs, input: [, height, width] }) => [outputs, height, width],
    cure: "a number for each pixel; choose a model that gives them, as unet-16",
  },
  cells: {
    shape: ({ outputs, input: [, height, width] }) => [
      outputs + CELL_OUTPUTS,
      countCells({ height, width }),
    ],
    cure: "boxes of cells; choose a model that gives them, as detector-s",
  },
  frames: {
    shape: ({ outputs, input: [, , width] }) => [outputs + FRAME_OUTPUTS, countFrames({ width })],
    cure: "frames of a line; choose a model that gives them, as line-s",
  },
  pieces: {
    shape: ({ outputs, input: [, height, width] }) => [
      outputs + PIECE_OUTPUTS,
      sheetPieces({ height, width }),
    ],
    told: spreadsOf,
    cure: "what pieces of a line show; choose a model that classifies, as lenet5",
  },
};

/** The shape of one image's output that a task needs of a model. */
export const outputShape = (
  { output }: Pick<Task, "output">,
  model: Pick<Model, "input" | "outputs">,
): Shape => outputForms[output].shape(model);

/** What the images alone tell of outputs, as the last of their numbers [n, k, ...]; `undefined` where that is nothing. */
export const toldByImages = ({ output }: Pick<Task, "output">, images: Value): Value | undefined =>
  outputForms[output].told?.(images);

/** Refuses a net that gives something else than the task needs. */
function checkOutput({ model, task }: Pick<Asked, "model" | "task">, output: Value): void {
  if (task.signed && model.positive) {
    throw new InputError(
      `model ${model.name} gives no number below 0, which task ${task.name} needs; choose another model (setting model, as ` +
        "resnet18), and where it comes with weights those of another model (setting pretrained)",
    );
  }
  const [batch, ...shape] = output.shape;
  if (sameShape(shape, outputShape(task, model))) return;
  throw new InputError(
    `model ${model.name} gives ${formatShape([batch, ...shape])}; task ${task.name} needs ` +
      outputForms[task.output].cure,
  );
}

/**
 * Refuses a model that gives something else than a task needs.
 *
 * @throws InputError
 */
export const expectFit = (model: Model, task: Task): void =>
  checkOutput({ model, task }, netOf(model, 1, { training: false }).output);

/** The inputs that a task's targets fill. */
function targetInputs({ targets }: Asked, batch: number, graph: Graph): Penalised["targets"] {
  const inputs = Object.entries(targets).map(
    ([name, { dtype, shape }]) => [name, input(graph, name, [batch, ...shape], dtype)] as const,
  );
  return Object.fromEntries(inputs);
}

/** The inputs that a task's state fills. */
const stateInputs = (state: TrainingOptions["state"], graph: Graph) =>
  Object.fromEntries(
    Object.entries(state?.inputs ?? {}).map(([name, { dtype, shape }]) => [
      name,
      input(graph, name, shape, dtype),
    ]),
  );

/** The task's loss on a net's output. */
function lossOf(
  question: Asked,
  batch: number,
  output: Value,
  options: Omit<TaskLossOptions, "own" | "constants" | "images">,
  targets = targetInputs(question, batch, output.graph),
) {
  const { model, task, constants } = question;
  checkOutput({ model, task }, output);
  if (!task.loss) throw new Error(`the loss of task ${task.name} is worked out by the host`);
  const images = () => imagesOf(output);
  return task.loss(output, targets, { ...options, own: model.loss, constants, images });
}

/**
 * Loss and gradient of one batch. Inputs `x` f32 [batch, c, h, w] and those of the task's targets; outputs
 * `loss` (mean, shape []) and `tally.<name>`, sums over the batch. Reads the vector `w`, writes the vector
 * `grad`, times the loss scale, and, in `w`, the new batch statistics. Of a net that is taught it reads `teacher` as well. With
 * inputs of a task's state it has the net's `output` [batch, outputs] too.
 *
 * @throws InputError for a batch that is not a whole number from 1; RangeError for one too small for the model.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const { train } = await openDataset("mnist");
 * const { graph, layout } = trainingGraph(ask(model, classification, train.labels), 64);
 * [...graph.outputs.keys()]; // ["loss", "tally.correct"]
 * layout.trainable; // 61706
 */
export function trainingGraph(
  question: Asked,
  batch: number,
  {
    labelSmoothing = 0,
    ghost,
    lossScale = 1,
    weights,
    focal,
    dice,
    teaching,
    penalise,
    state,
  }: TrainingOptions = {},
): TaskGraph {
  const { model } = question;
  const { corrupt, marks } = question.task;
  const layer: Layer = (x, scope) => model.layer(corrupt ? corrupt(x, scope) : x, scope);
  const net = netOf({ ...model, layer }, batch, { training: true, ghost, marks });
  const { graph, layout, specs, params, output } = net;
  const targets = { ...targetInputs(question, batch, graph), ...stateInputs(state, graph) };
  const counted = { smoothing: labelSmoothing, weights, focal, dice, marks: net.marks };
  const { losses, tallies } = lossOf(question, batch, output, counted, targets);
  const each = teaching ? taught(question, { output, losses }, teaching) : losses;
  const loss = mul(reduceSum(each), constant(graph, 1 / batch));
  graph.output("loss", loss);
  if (state) graph.output("output", output);
  for (const [name, sum] of Object.entries(tallies)) graph.output(TALLY + name, sum);
  const lossesOf = (of: Value) => lossOf(question, batch, of, counted, targets).losses;
  const all = penalise ? add(loss, penalise(net, { losses, targets, lossesOf })) : loss;
  writeGradient(lossScale === 1 ? all : mul(all, constant(graph, lossScale)), layout, params);
  return { graph, layout, specs };
}

/** A net whose images come in several views each, one behind the other, and the task's average of its outputs. */
function viewedNet(
  { model, task, constants }: Pick<Asked, "model" | "task" | "constants">,
  batch: number,
  views: number,
): Net {
  const net = netOf(model, batch * views, { training: false });
  if (views === 1) return net;
  const [, ...shape] = net.output.shape;
  const apart = reshape(net.output, [batch, views, ...shape]);
  const all = Array.from({ length: views }, (_, view) => {
    const one = slice(apart, [0, view, ...shape.map(() => 0)], [batch, 1, ...shape]);
    return reshape(one, [batch, ...shape]);
  });
  return { ...net, output: task.average!(all, constants) };
}

/**
 * Outputs `output` [batch, ...] and `losses` [batch] of one batch, without label smoothing and with running
 * statistics. Inputs and `w` as in {@link trainingGraph}; `w` stays as it is.
 *
 * @param views of each image among the inputs `x` [batch * views, c, h, w], over which outputs are averaged; default 1
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const { train } = await openDataset("mnist");
 * const { graph } = evaluationGraph(ask(model, classification, train.labels), 100);
 * graph.outputs.get("output")?.shape; // [100, 10]
 * graph.outputs.get("losses")?.shape; // [100]
 */
export function evaluationGraph(question: Asked, batch: number, views = 1): TaskGraph {
  const { layout, specs, output } = viewedNet(question, batch, views);
  const { graph } = output;
  checkOutput(question, output);
  graph.output("output", output);
  const { loss, heldOut } = question.task;
  if (heldOut)
    graph.output(
      "losses",
      heldOut(output, () => imagesOf(output)),
    );
  else if (loss) graph.output("losses", lossOf(question, batch, output, {}).losses);
  return { graph, layout, specs };
}

/**
 * Loss and gradient of one batch as in {@link trainingGraph}, of the net as it is used: running statistics, no dropout, and
 * nothing but the vector `grad` written. What second derivatives are made of.
 */
export function fixedGradientGraph(question: Asked, batch: number): TaskGraph {
  const { graph, layout, specs, params, output } = netOf(question.model, batch, {
    training: false,
  });
  const { losses } = lossOf(question, batch, output, {});
  const loss = mul(reduceSum(losses), constant(graph, 1 / batch));
  graph.output("loss", loss);
  writeGradient(loss, layout, params);
  return { graph, layout, specs };
}

/** Name of the input that holds the loss's derivative by the outputs. */
export const OUTPUT_GRADIENT = "outputGradient";

/**
 * The two halves of a step whose loss the host works out. The first gives `output` [batch, ...] as training has it,
 * with the batch's own statistics; the second takes the loss's derivative by it as input {@link OUTPUT_GRADIENT} and
 * writes the vectors that {@link trainingGraph} writes.
 */
export function hostTrainingGraphs(
  question: Asked,
  batch: number,
  { ghost }: Pick<TrainingOptions, "ghost"> = {},
): { readonly forward: TaskGraph; readonly backward: TaskGraph } {
  const { model } = question;
  const trained = () => netOf(model, batch, { training: true, ghost });
  const [forward, backward] = [trained(), trained()];
  checkOutput(question, forward.output);
  // What the statistics become is written once, by the second half.
  const first = withoutWrites(forward.graph, forward.output);
  const { graph, layout, specs, params, output } = backward;
  const slope = input(graph, OUTPUT_GRADIENT, output.shape);
  writeGradient(reduceSum(mul(output, slope)), layout, params);
  return { forward: { graph: first, layout, specs }, backward: { graph, layout, specs } };
}

/** Writes the gradient of a scalar by all trainable parameters. */
function writeGradient(of: Value, layout: ParamLayout, params: ReadonlyMap<string, Value>): void {
  const trained = trainedParams(layout);
  const grads = gradients(
    of,
    trained.map(({ name }) => params.get(name)!),
  );
  for (const [at, { offset }] of trained.entries()) write(GRADIENT, grads[at], offset);
}

/** A graph that gives `output` and stores nothing. */
function withoutWrites(graph: Graph, output: Value): Graph {
  graph.output("output", output);
  return rewrite(graph, ({ op }) => (op.name === "write" ? [] : undefined)).graph;
}

/**
 * The forward pass alone: output `output` [batch, ...] of input `x`, with running statistics.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * predictionGraph(model, 1).graph.outputs.get("output")?.shape; // [1, 10]
 */
export function predictionGraph(model: Model, batch: number): TaskGraph {
  const net = netOf(model, batch, { training: false });
  net.graph.output("output", net.output);
  return net;
}

/** As {@link predictionGraph}, with what a task makes of several views of each image, x [batch * views, c, h, w]. */
export function viewedGraph(
  question: Pick<Asked, "model" | "task" | "constants">,
  batch: number,
  views: number,
): TaskGraph {
  const net = viewedNet(question, batch, views);
  net.graph.output("output", net.output);
  return net;
}

/**
 * A forward pass that only renews the batch statistics in `w`: each becomes old + `momentum` (batch -
 * old), `momentum` a run-time scalar; 1, 1/2, 1/3, … in turn give the mean over the batches. Input
 * `x`. `undefined` for a net without such statistics.
 */
export function statisticsGraph(model: Model, batch: number): Graph | undefined {
  const momentum = (graph: Graph) => scalar(graph, "momentum");
  const { graph } = netOf(model, batch, { training: true, momentum });
  return graph.nodes.some(({ op }) => op.name === "write") ? graph : undefined;
}
