// `convoy eval RUN`: the run's best weights on its test set, or where its data have none on the selection set; or on
// another data set, on all of it where that has no test set. The answer says which.

import { basename, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { type Dataset, draw, joined, type ReadProgress } from "../data/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { expectEmpty, makeFolder } from "../files/folders.js";
import { InputError } from "../inputError.js";
import {
  drawMistakes,
  evaluateGroups,
  type GroupEvaluation,
  type OpenTrainedOptions,
  openTrained,
  type TimedEvaluation,
  type Trained,
  WORST,
} from "../runs/index.js";
import { lossText, type MetricInfo, metricText, metricTitle } from "../tasks/index.js";
import { counted, grouped } from "../text/format.js";
import { dataDifference, fingerprint } from "../train/fingerprint.js";
import { isSource, openData } from "../train/openData.js";
import { count, precisionOption, viewsOption } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseTexts } from "./flags.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly data?: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly views?: string;
  readonly precision?: OpenTrainedOptions["precision"];
  readonly json?: boolean;
  readonly draw?: string;
  readonly worst?: number;
  readonly byGroup?: boolean;
}

/** What is evaluated: the test set, where the run's own data have none their selection set, and other data whole. */
interface Evaluated {
  readonly set: "test" | "selection" | "all";
  readonly dataset: Dataset;
}

/** The images to evaluate: of the run's own data, wherever they lie now, or of other data. */
async function evaluatedSet(
  run: string,
  { config, info, task }: Trained,
  { data, columns }: Pick<Options, "data" | "columns">,
  onProgress: (progress: ReadProgress) => void,
): Promise<Evaluated> {
  const { settings, startedIn: from } = config;
  const found = data === undefined ? {} : { data: isSource(data) ? data : resolve(data) };
  const splits = await openData(
    { ...settings, ...found, ...(columns && { columns }) },
    {
      ...{ from, kind: task.labels, known: info.names, onProgress },
      ...(data === undefined && { moved: `say where: convoy eval ${run} --data NEW` }),
    },
  );
  const own = data === undefined || dataDifference(config.data, fingerprint(splits)) === undefined;
  if (splits.test) return { set: "test", dataset: splits.test };
  if (own) return { set: "selection", dataset: draw(splits, settings).selection };
  return {
    set: "all",
    dataset: splits.selection ? joined(splits.train, splits.selection) : splits.train,
  };
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
    `${info.model} of ${run}: ${counted(dataset.length, "image")} of ${dataset.name}`,
    `${set} loss ${lossText(loss)}, ${grouped(imagesPerSecond)} img/s`,
    ...[...others, ...decides].map(
      (metric) => `${set} ${metricTitle(metric.name)} ${metricText(metric, metrics[metric.name])}`,
    ),
  ];
}

const reportTitle = (name: string, unit: MetricInfo["unit"]) =>
  unit === "share" ? `${metricTitle(name)} %` : metricTitle(name);

/** A table with a row for each group: metrics, and what a task of one output tells of that. */
function describeGroups({ task }: Trained, groups: readonly GroupEvaluation[]): string[] {
  const [{ metrics, outputs }] = groups;
  const shown = task.metrics.filter(({ name }) => metrics[name] !== undefined);
  const [only] = outputs.length === 1 ? outputs : [];
  const others = Object.keys(task.reports).filter(
    (name) => only?.[name] !== undefined && metrics[name] === undefined,
  );
  return table(
    [
      ...["group", "images"],
      ...shown.map(({ name, unit }) => reportTitle(name, unit)),
      ...others.map((name) => reportTitle(name, task.reports[name])),
    ],
    groups.map(({ name, images, metrics, outputs: [output] }) => [
      ...[name, images],
      ...shown.map(({ name, unit }) => cell(metrics[name], unit)),
      ...others.map((name) => cell(output[name], task.reports[name])),
    ]),
  );
}

/** The object of `--json`. */
const result = (
  { info, task }: Trained,
  run: string,
  { set, dataset }: Evaluated,
  { loss, losses: _, metrics, outputs, confusion: __, ...cost }: TimedEvaluation,
  groups?: readonly GroupEvaluation[],
) => ({
  run,
  data: dataset.name,
  task: task.name,
  model: info.model,
  set,
  images: dataset.length,
  metrics: { loss, ...metrics },
  classes: outputs,
  ...(groups && {
    groups: groups.map(({ name, images, loss, metrics, outputs }) => ({
      ...{ name, images, metrics: { loss, ...metrics }, classes: outputs },
    })),
  }),
  ...cost,
});

/** Draws what the net is worst at into a folder, the worst first by name; so many. */
async function drawWorst(
  net: Trained,
  { dataset }: Evaluated,
  { losses }: TimedEvaluation,
  folder: string,
  count = WORST,
): Promise<number> {
  let rank = 0;
  for await (const { at, drawing } of drawMistakes(net, dataset, losses, { count })) {
    const name = dataset.ids?.[at] ?? `${at}`;
    const stem = basename(name, extname(name)).replace(/[^\w.-]+/g, "_");
    const number = `${++rank}`.padStart(`${count}`.length, "0");
    await writeFileAtomic(join(folder, `${number}-${stem}.png`), drawing);
  }
  return rank;
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder, or an ONNX file that convoy export wrote")
    .option("--data <data>", "another data set that shows the same classes or some of them")
    .option("--columns <role=name,...>", "what its columns or arrays hold", parseTexts)
    .addOption(viewsOption())
    .addOption(precisionOption())
    .option("--by-group", "a row for each group too, as habitat or patient")
    .option("--draw <folder>", "draw the images it is worst at: what is known, and what it says")
    .option("--worst <number>", `images to draw (default: ${WORST})`, count)
    .option("--json", "print one object")
    .action(async (run: string, options: Options) => {
      const { data, columns, engine, threads, views, precision } = options;
      const { json, draw, worst, byGroup } = options;
      if (worst !== undefined && draw === undefined) {
        throw new InputError("--worst has no effect without --draw; add that, or leave it out");
      }
      const net = await openTrained(run, { engine, threads, views, precision });
      try {
        if (draw !== undefined) {
          makeFolder(draw);
          expectEmpty(draw);
        }
        const evaluated = await evaluatedSet(run, net, { data, columns }, showReading(console.err));
        const evaluation = await net.evaluate(evaluated.dataset);
        const groups = byGroup ? await evaluateGroups(net, evaluated.dataset) : undefined;
        const drawn =
          draw === undefined ? 0 : await drawWorst(net, evaluated, evaluation, draw, worst);
        if (json) {
          sayJson(console, result(net, run, evaluated, evaluation, groups));
        } else {
          const lines = describe(net, run, evaluated, evaluation);
          const rows = groups ? [...describeGroups(net, groups), ""] : [];
          for (const line of [...rows, ...lines]) say(console.out, line);
          if (drawn > 0) say(console.out, `${counted(drawn, "drawing")} in ${draw}`);
        }
      } finally {
        await net.close();
      }
    });
}
