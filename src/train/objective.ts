// The objective of a net that is asked something: its training graph, compiled for batches of one size.

import type { Batch } from "../data/index.js";
import type { Bindings, Buffer, Engine, Program, Vector } from "../engine/engine.js";
import { GRADIENT, type Graph, type ParamLayout, WEIGHTS } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { IMAGES, type ParamSpec } from "../nn/index.js";
import {
  type Evaluated,
  type FirstOrder,
  fuseUpdate,
  type Moment,
  type Objective,
} from "../optim/index.js";
import {
  type Asked,
  type OpenState,
  type TaskState,
  TEACHER,
  type Teaching,
  type TrainingOptions,
  talliesOf,
  trainingGraph,
  workWith,
} from "../tasks/index.js";
import { type Accumulator, microBatches, openAccumulator, type Stretch } from "./accumulation.js";
import { Compression, cometSettings } from "./activationBounds.js";
import { compileHostTraining } from "./hostObjective.js";
import { compileWithin, type MemorySettings, type TrainingMemory, togetherOf } from "./memory.js";

/** Part of a batch, and the program that it goes through. */
interface Pass extends Stretch {
  readonly program: Program;
}

/** A compiled training step; serves any number of nets of one layout, one step after the other. */
export interface TrainingProgram {
  /** The objective of one net; `particle` and the seed fix its dropout. */
  objective(options: ObjectiveOptions): Objective<Examples>;
  /** Whether a step holds an update rule, and gives no gradient. */
  readonly fused: boolean;
  /** What an evaluation costs, in gradients of the net alone: more than 1 where there is a teacher. */
  readonly gradientCost: number;
  /** Floating-point operations of a step, a multiply-add counting two. */
  readonly flops: number;
  readonly memory: TrainingMemory;
  /** Starts on the compressed activations of one net, where there are any. */
  readonly compression?: () => Compression;
  readonly layout: ParamLayout;
  /** What `initialise` needs to begin. */
  readonly specs: readonly ParamSpec[];
}

/** The passes of a training graph, and what joins them. */
interface Passes {
  /** Of a batch through the net: one, or one for each micro-batch. */
  readonly passes: readonly Pass[];
  /** Adds up the gradients of several passes, or of one whose loss is scaled. */
  readonly accumulator?: Accumulator;
  readonly fused: boolean;
  /** Factor of the loss in the passes' gradients. */
  readonly lossScale: number;
  readonly layout: ParamLayout;
  /** The teacher's parameters, by the name of their vector; nothing without one. */
  readonly fixed: Readonly<Record<string, Vector>>;
}

/** A teacher and all parameters of its model. */
type Taught = Teaching & { readonly values: Float32Array };

async function teacherVector(engine: Engine, { values }: Taught): Promise<Passes["fixed"]> {
  const vector = engine.vector(values.length);
  await vector.write(values);
  return { [TEACHER]: vector };
}

/** Settings of {@link compileTraining}. */
export interface CompileTrainingOptions extends TrainingOptions, MemorySettings {
  /** Who teaches the net, with its parameters; default nobody. */
  readonly teaching?: Taught;
  /** Images of a step. */
  readonly batch: number;
  /** What the task keeps beside the net, where it keeps anything. */
  readonly state?: TaskState;
  /** Micro-batches of a step; default 1. */
  readonly accumulate?: number;
  /** A local rule that moves the weights in the pass that makes their gradient, where there is but one pass. */
  readonly rule?: FirstOrder;
}

/**
 * Compiles the loss and gradient of a question on batches of a fixed size.
 *
 * @throws InputError when the batch, the micro-batches or the memory cannot be had.
 * @example
 * const engine = await createEngine();
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const { train } = await openDataset("mnist");
 * const question = ask(model, classification, train.labels);
 * const training = await compileTraining(engine, question, { batch: 64 });
 * const objective = training.objective({ seed: 1 });
 * const { trainable, length } = objective.layout;
 * const [w, grad] = [engine.vector(length), engine.vector(trainable)];
 * await w.write(initialise(training, 1));
 * const targets = targetsOf(model, classification, train.labels, {});
 * const loader = new Loader(engine, train, { batch: 64, seed: 1, shuffle: true, targets });
 * const batch = await loader.batch(0, 0);
 * const { loss } = await objective.evaluate(w, batch, { grad }, { epoch: 0, step: 0 });
 * loss > 0 && (await engine.reduce.norm(grad)) > 0; // true
 * await engine.close();
 */
export async function compileTraining(
  engine: Engine,
  question: Asked,
  { batch, accumulate = 1, rule, ...options }: CompileTrainingOptions,
): Promise<TrainingProgram> {
  if (question.task.hostLoss) {
    return compileHostTraining(engine, question, { batch, accumulate, ...options });
  }
  if (options.state && accumulate > 1) {
    throw new InputError(
      `setting accumulate is ${accumulate}: task ${question.task.name} looks at a batch as a whole; leave it out`,
    );
  }
  const stretches = microBatches(batch, accumulate);
  const sizes = [...new Set(stretches.map(({ from, to }) => to - from))];
  const graphs = sizes.map((size) => trainingGraph(question, size, options));
  const { layout, specs } = graphs[0];
  const { lossScale = 1 } = options;
  const { teaching } = options;
  const images = sizes.reduce((sum, size) => sum + size, 0);
  const programs: Awaited<ReturnType<typeof compileWithin>>[] = [];
  const accumulates = stretches.length > 1 || lossScale !== 1;
  const fused = rule !== undefined && !accumulates;
  const finish = fused ? (graph: Graph) => fuseUpdate(graph, rule, layout) : undefined;
  const fixed: Passes["fixed"] = teaching ? await teacherVector(engine, teaching) : {};
  const frozen = Object.keys(fixed);
  for (const [at, { graph }] of graphs.entries()) {
    const share = sizes[at] / images;
    programs.push(await compileWithin(engine, graph, { ...options, finish, share, frozen }));
  }
  const passes = stretches.map(({ from, to }) => ({
    from,
    to,
    program: programs[sizes.indexOf(to - from)].program,
  }));
  const accumulator = accumulates ? await openAccumulator(engine, layout.trainable) : undefined;
  const [{ compressed }] = programs;
  const plan = compressed && {
    compressed,
    settings: cometSettings(options.comet),
    layout,
    images: sizes[0],
    passes: passes.length,
    lossScale,
  };
  const compression = plan && (() => new Compression(engine, plan));
  const parts: Passes = { passes, accumulator, fused, lossScale, layout, fixed };
  return {
    objective: ({ compression: own = compression?.(), ...options }) =>
      graphObjective(parts, { ...options, compression: own }),
    fused,
    gradientCost: teaching ? workWith(teaching, graphs[0].graph, sizes[0]) : 1,
    flops: passes.reduce((sum, { program }) => sum + program.flops, 0),
    memory: togetherOf(programs),
    compression,
    layout,
    specs,
  };
}

/** What an objective sees of a batch. */
export type Examples = Pick<Batch, "images" | "targets">;

/** One evaluation from those of its passes. */
function join(results: readonly Evaluated[], shares: readonly number[]): Evaluated {
  if (results.length === 1) return results[0];
  const names = Object.keys(results[0].tallies);
  const sum = (name: string) => results.reduce((total, { tallies }) => total + tallies[name], 0);
  return {
    loss: results.reduce((total, { loss }, k) => total + shares[k] * loss, 0),
    tallies: Object.fromEntries(names.map((name) => [name, sum(name)])),
  };
}

/** Settings of {@link TrainingProgram.objective}. */
export interface ObjectiveOptions {
  /** These fix dropout. */
  readonly seed: number;
  readonly particle?: number;
  /** The task's state, where it has one. */
  readonly state?: OpenState;
  /** Whoever chooses the bounds of compressed activations; default nobody: they are what fits. */
  readonly compression?: Compression;
}

function graphObjective(
  { passes, accumulator, fused, lossScale, layout, fixed }: Passes,
  { seed, particle, compression, state }: ObjectiveOptions,
): Objective<Examples> {
  const batch = passes[passes.length - 1].to;
  const shares = passes.map(({ from, to }) => (to - from) / batch);
  async function run(
    at: number,
    { images, targets }: Examples,
    bindings: Bindings,
    { epoch, step }: Moment,
  ): Promise<Evaluated> {
    const { program, from, to } = passes[at];
    const part = <T extends Buffer>(all: T) =>
      all.subarray((all.length / batch) * from, (all.length / batch) * to) as T;
    const inputs: Record<string, Buffer> = { [IMAGES]: part(images) };
    for (const name in targets) inputs[name] = part(targets[name]);
    Object.assign(inputs, state?.bound);
    if (state) await state.begin(targets, { epoch, step });
    const outputs = await program.run({
      vectors: { ...bindings.vectors, ...compression?.bound, ...fixed },
      scalars: bindings.scalars,
      inputs,
      // Each pass draws numbers of its own.
      key: { seed, purpose: "dropout", particle, epoch, step: step * passes.length + at },
    });
    state?.end(outputs.output as Float32Array, targets);
    return { loss: outputs.loss[0], tallies: talliesOf(outputs) };
  }
  return {
    layout,
    // The next step needs what this one leaves in the state.
    collective: state !== undefined,
    async evaluate(w, images, { grad }, moment) {
      if (fused)
        throw new Error("this net was compiled for steps of its optimizer: it keeps no gradient");
      const results = passes.map(async (_, at) => {
        const vectors = { [WEIGHTS]: w, [GRADIENT]: accumulator?.part ?? grad };
        const ran = run(at, images, { vectors }, moment);
        const added = accumulator?.add(grad, shares[at] / lossScale, at === 0);
        const [result] = await Promise.all([ran, added]);
        return result;
      });
      return join(await Promise.all(results), shares);
    },
    ...(fused && {
      descend: (w, images, { vectors, scalars }, moment) =>
        run(0, images, { vectors: { ...vectors, [WEIGHTS]: w }, scalars }, moment),
    }),
  };
}
