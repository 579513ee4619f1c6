// Another model that a run teaches what it says (Hinton, Vinyals and Dean 2015, arXiv 1503.02531): a smaller net from scratch, as a
// run of its own.

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { graphMacs } from "../../graph/index.js";
import { createModel } from "../../models/index.js";
import { netOf } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues } from "../../tasks/index.js";
import type { TrainSettings } from "../../train/index.js";
import { loadModule } from "../../train/ownModule.js";
import { ownSets } from "../ownSets.js";
import { runFiles } from "../runFiles.js";
import { train } from "../train.js";
import { openTrained, type Trained } from "../trained.js";
import { expectFree } from "./compressedRun.js";
import { type CompressReport, type CompressTrainingOptions, partsOf } from "./compressing.js";
import { lossOf } from "./expectFloat.js";
import { settingsAgain } from "./finetune.js";
import { measured } from "./measured.js";
import type { NetSize } from "./prune.js";

const schema = z.strictObject({
  model: z.string(),
  epochs: z.int().min(1).optional(),
  lr: z.number().positive().optional(),
  alpha: z.number().min(0).max(1).default(0.9),
  temperature: z.number().min(0.01).max(100).optional(),
});

/** Settings of {@link compressDistilled}; beside these, what an engine may be told. */
export interface DistilOptions extends CompressTrainingOptions {
  /** Name of the model that is taught. */
  readonly model: string;
  /** Default the run's. */
  readonly epochs?: number;
  /** Learning rate; default the run's. */
  readonly lr?: number;
  /** Share of the teacher in the loss, 0 to 1; default 0.9. */
  readonly alpha?: number;
  /** How softly the teacher speaks, 0.01 to 100; default 4 to a net with normalisation, else 1. */
  readonly temperature?: number;
}

/** A run's net: its numbers, multiply-adds of an image, and bytes of its file. */
type RunSize = Omit<NetSize, "nonZeros">;

/** What {@link compressDistilled} made. */
export interface DistilReport extends CompressReport {
  /** Selection images, which the metrics are of. */
  readonly images: number;
  readonly teacher: MetricValues;
  readonly student: MetricValues;
  readonly size: { readonly before: RunSize; readonly after: RunSize };
}

/** Settings that belong to the run's own model, weights or swarm. */
const ofTeacher = ["freeze", "rates", "quantise", "levels"] as const;

const NORMALISATIONS = new Set(["batchNorm", "groupNorm"]);

/** A high temperature is a high rate, which few nets bear without a normalisation. */
async function temperatureFor(name: string, { model, config }: Trained): Promise<number> {
  const own = config.module && (await loadModule(config.module.path, config.module));
  const { outputs } = model;
  const [channels, height, width] = model.input;
  const student = createModel(name, { channels, height, width, outputs }, own?.models);
  const { graph } = netOf(student, 2, { training: true });
  return graph.nodes.some(({ op }) => NORMALISATIONS.has(op.name)) ? 4 : 1;
}

const sizeOfRun = ({ model }: Trained, run: string): RunSize => {
  const { graph, layout } = netOf(model, 1, { training: false });
  const { size: bytes } = statSync(join(run, runFiles.best));
  return { parameters: layout.trainable, macs: graphMacs(graph), bytes };
};

/**
 * Trains another model from scratch with a run, one net or an ensemble, as its teacher: by the run's settings, its data and its split,
 * with `alpha` of the loss from the teacher at a temperature. What it lost is told on the images that chose the run's best
 * epoch, never on test images. `undefined` when `signal` has ended the training: the run in `out` is saved, and can be resumed.
 *
 * @throws InputError for a model that there is not, a task that cannot be taught, data that are gone or others, and a folder
 * that holds something.
 * @example
 * const report = await compressDistilled("runs/a", { model: "lenet5", epochs: 1, out: "runs/a-student" });
 * report!.size.after.parameters; // 61706
 */
export async function compressDistilled(
  run: string,
  options: DistilOptions,
): Promise<DistilReport | undefined> {
  const { out, measuring, watch, own } = partsOf(run, options);
  const { alpha, temperature: given, ...asked } = parseSettings(schema, own, "compress");
  expectFree(out);
  const net = await openTrained(run, measuring.engine);
  try {
    const temperature = given ?? (await temperatureFor(asked.model, net));
    const teacher = await measured(run, measuring);
    const { warmup } = net.config.settings;
    const taught = { teacher: resolve(run), distil: { alpha, temperature } };
    const { data } = options;
    const others = { warmup, ...asked, ...taught, data, ...measuring.engine, out } as TrainSettings;
    const settings = settingsAgain(net.config, others, ofTeacher);
    await train(settings, watch);
    if (watch.signal?.aborted) return undefined;
    const student = await measured(out, measuring);
    const small = await openTrained(out, measuring.engine);
    await small.close();
    return {
      ...{ run, out, score: net.score, teacher, student },
      images: (await ownSets(net, measuring.sets)).selection.length,
      lost: lossOf(net, teacher, student),
      size: { before: sizeOfRun(net, run), after: sizeOfRun(small, out) },
    };
  } finally {
    await net.close();
  }
}
