// `convoy eval RUN`: the run's best weights on its test set, or on another data set. Data without a test set
// are evaluated on the selection set, and the answer says so.

import type { Command } from "commander";
import { type Dataset, draw, openDataset, readingOf } from "../data/index.js";
import { openTrained, type RunConfig, type TimedEvaluation, type Trained } from "../runs/index.js";
import type { MetricInfo } from "../tasks/index.js";
import { grouped } from "../text/format.js";
import { type Console, say, sayJson } from "./console.js";
import { metricText, metricTitle } from "./metricText.js";
import { table } from "./table.js";

interface Options {
  readonly data?: string;
  readonly engine?: string;
  readonly json?: boolean;
}

/** What is evaluated: the test set, or where there is none the selection set of the training. */
interface Evaluated {
  readonly set: "test" | "selection";
  readonly dataset: Dataset;
}

async function evaluatedSet({ settings }: RunConfig, data = settings.data): Promise<Evaluated> {
  const splits = await openDataset(data, readingOf(settings));
  if (splits.test) return { set: "test", dataset: splits.test };
  // How many images the run learned from says nothing of other data.
  const train = data === settings.data ? settings.train : undefined;
  return { set: "selection", dataset: draw(splits, { ...settings, train }).selection };
}

/** A cell of a report: shares in percent, counts and errors as they are. */
const cell = (value: number | string, unit: MetricInfo["unit"]) =>
  typeof value === "string" || unit === "number" ? value : 100 * value;

function describe(
  { info, task, score }: Trained,
  run: string,
  { set, dataset }: Evaluated,
  { loss, metrics, outputs, imagesPerSecond }: TimedEvaluation,
): string[] {
  const [first] = outputs;
  const shown = Object.keys(first ?? {}).filter((name) => !["name", "support"].includes(name));
  const rows = outputs.map((row) => [
    row.name,
    row.support,
    ...shown.map((name) => cell(row[name], task.reports[name])),
  ]);
  const values = task.metrics.filter(({ name }) => metrics[name] !== undefined);
  const decides = values.filter(({ name }) => name === score.metric);
  const others = values.filter(({ name }) => name !== score.metric);
  return [
    ...table(
      [task.reportOf, "support", ...shown.map((name) => reportTitle(name, task.reports[name]))],
      rows,
    ),
    "",
    `${info.model} of ${run}: ${grouped(dataset.length)} images of ${dataset.name}`,
    `${set} loss ${loss.toFixed(4)}, ${grouped(imagesPerSecond)} img/s`,
    ...[...others, ...decides].map(
      (metric) => `${set} ${metricTitle(metric.name)} ${metricText(metric, metrics[metric.name])}`,
    ),
  ];
}

const reportTitle = (name: string, unit: MetricInfo["unit"]) =>
  unit === "share" ? `${metricTitle(name)} %` : metricTitle(name);

/** The object of `--json`. */
const result = (
  { info, task }: Trained,
  run: string,
  { set, dataset }: Evaluated,
  { loss, metrics, outputs, confusion: _, ...cost }: TimedEvaluation,
) => ({
  run,
  data: dataset.name,
  task: task.name,
  model: info.model,
  set,
  images: dataset.length,
  metrics: { loss, ...metrics },
  classes: outputs,
  ...cost,
});

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
        if (json) sayJson(console, result(net, run, evaluated, evaluation));
        else for (const line of describe(net, run, evaluated, evaluation)) say(console.out, line);
      } finally {
        await net.close();
      }
    });
}
