// `convoy eval RUN`: the run's best weights on its test set, or on another data set. Data without a test set
// are evaluated on the selection set, and the answer says so.

import { join } from "node:path";
import type { Command } from "commander";
import { type Dataset, draw, openDataset } from "../data/index.js";
import { readMetrics } from "../runs/metricsFile.js";
import { grouped, percent } from "../text/format.js";
import {
  openTrained,
  type RunConfig,
  runFiles,
  type TimedEvaluation,
  type Trained,
} from "../train/index.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

interface Options {
  readonly data?: string;
  readonly engine?: string;
  readonly json?: boolean;
}

/** Finished epochs and the best one. */
async function history(run: string) {
  const lines = await readMetrics(join(run, runFiles.metrics));
  const epochs = lines.filter((line) => line.type === "epoch");
  const best = epochs.findLast((line) => line.best);
  return {
    epochs: epochs.filter(({ complete }) => complete).length,
    best: best && { epoch: best.epoch, accuracy: best.selectionAccuracy },
  };
}

/** What is evaluated: the test set, or where there is none the selection set of the training. */
interface Evaluated {
  readonly set: "test" | "selection";
  readonly dataset: Dataset;
}

async function evaluatedSet({ settings }: RunConfig, data = settings.data): Promise<Evaluated> {
  const splits = await openDataset(data, { size: settings.size });
  if (splits.test) return { set: "test", dataset: splits.test };
  // How many images the run learned from says nothing of other data.
  const train = data === settings.data ? settings.train : undefined;
  return { set: "selection", dataset: draw(splits, { ...settings, train }).selection };
}

function describe(
  { info }: Trained,
  run: string,
  { set, dataset }: Evaluated,
  evaluation: TimedEvaluation,
): string[] {
  const { accuracy, loss, confusion, imagesPerSecond } = evaluation;
  const rows = confusion
    .perClass()
    .map(({ support, recall, precision }, at) => [
      info.classes[at],
      support,
      100 * recall,
      100 * precision,
    ]);
  return [
    ...table(["class", "images", "recall %", "precision %"], rows),
    "",
    `${info.model} of ${run}: ${grouped(dataset.length)} images of ${dataset.name}`,
    `${set} loss ${loss.toFixed(4)}, ${grouped(imagesPerSecond)} img/s`,
    `${set} accuracy ${percent(accuracy)}`,
  ];
}

/** The object of `--json`, like that of `train`; speed, memory and time are those of the evaluation. */
async function result(
  { config, info }: Trained,
  run: string,
  set: Evaluated["set"],
  evaluation: TimedEvaluation,
) {
  const { accuracy, loss, confusion: _, ...cost } = evaluation;
  const { parameters, settings } = config;
  const { epochs, best } = await history(run);
  const net = { run, model: info.model, parameters, epochs, seed: settings.seed, best };
  return { ...net, [set]: { accuracy, loss }, ...cost };
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .option("--data <data>", "another data set with the same classes")
    .option("--engine <name>", "auto, native or reference", "auto")
    .option("--json", "print one object")
    .action(async (run: string, { data, engine, json }: Options) => {
      const net = await openTrained(run, { engine });
      try {
        const evaluated = await evaluatedSet(net.config, data);
        const evaluation = await net.evaluate(evaluated.dataset);
        if (json) sayJson(console, await result(net, run, evaluated.set, evaluation));
        else for (const line of describe(net, run, evaluated, evaluation)) say(console.out, line);
      } finally {
        await net.close();
      }
    });
}
