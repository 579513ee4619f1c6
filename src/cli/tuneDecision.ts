// `convoy tune decision RUN`: from which confidence on a finished run says things.

import type { Command } from "commander";
import { openTrained, tuneDecision } from "../runs/index.js";
import type { MetricInfo } from "../tasks/index.js";
import { grouped } from "../text/format.js";
import { viewsOption } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { metricText, metricTitle } from "./metricText.js";
import { table } from "./table.js";

interface Options {
  readonly engine?: string;
  readonly views?: string;
  readonly json?: boolean;
}

/** The metrics of the run's task. */
async function metricsOf(run: string, engine: string | undefined): Promise<readonly MetricInfo[]> {
  const net = await openTrained(run, { engine });
  await net.close();
  return net.task.metrics;
}

async function decide(
  run: string,
  { engine, views, json }: Options,
  console: Console,
): Promise<void> {
  const found = await tuneDecision(run, { engine, views });
  if (json) return sayJson(console, { run, ...found });
  const { images, before, after, constants } = found;
  const rows = (await metricsOf(run, engine)).map((metric) => [
    metricTitle(metric.name),
    metricText(metric, before[metric.name]),
    metricText(metric, after[metric.name]),
  ]);
  const title = `of the ${grouped(images)} images that chose`;
  for (const line of table([title, "before", "after"], rows)) say(console.out, line);
  const { thresholds, said } = constants;
  const numbers = (thresholds ?? said).map((value) => Number(value.toPrecision(3)));
  say(console.out);
  say(console.out, `said from ${numbers.join(", ")} on; saved with the best weights of ${run}`);
}

/** Adds the verb to `convoy tune`. */
export function addDecision(command: Command, console: Console): void {
  command
    .command("decision")
    .description("choose from which confidence on a finished run of tags or boxes says things")
    .argument("<run>", "run folder")
    .option("--engine <name>", "auto, native or reference", "auto")
    .addOption(viewsOption())
    .option("--json", "print one object")
    .action((run: string, options: Options) => decide(run, options, console));
}
