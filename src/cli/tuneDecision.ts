// `convoy tune decision RUN`: from which confidence on a finished run says things.

import type { Command } from "commander";
import { openTrained, tuneDecision } from "../runs/index.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { grouped } from "../text/format.js";
import { viewsOption } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly views?: string;
  readonly json?: boolean;
}

/** The task of a run, and the names of its net's outputs. */
async function saidBy(run: string, { engine, threads }: EngineFlags) {
  const net = await openTrained(run, { engine, threads });
  await net.close();
  return { task: net.task, names: net.info.names };
}

async function decide(
  run: string,
  { engine, threads, views, json }: Options,
  console: Console,
): Promise<void> {
  const found = await tuneDecision(run, { engine, threads, views });
  if (json) return sayJson(console, { run, ...found });
  const { images, before, after, constants } = found;
  const { task, names } = await saidBy(run, { engine, threads });
  const told = task.metrics.filter(({ name }) => before[name] !== undefined);
  const rows = told.map((metric) => [
    metricTitle(metric.name),
    metricText(metric, before[metric.name]),
    metricText(metric, after[metric.name]),
  ]);
  const title = `of the ${grouped(images)} images that chose`;
  for (const line of table([title, "before", "after"], rows)) say(console.out, line);
  const decided = task.decisions?.(constants, names) ?? [];
  say(console.out);
  if (decided.length > 0) {
    const cells = decided.map(([what, from]) => [what, Number(from.toPrecision(3))]);
    for (const line of table(["said", "from"], cells)) say(console.out, line);
    say(console.out);
  }
  say(console.out, `saved with the best weights of ${run}: eval and predict go by it`);
}

/** Adds the verb to `convoy tune`. */
export function addDecision(command: Command, console: Console): void {
  const decision = command
    .command("decision")
    .description(
      "choose from which confidence on a finished run of tags, boxes or lines says things",
    )
    .argument("<run>", "run folder")
    .addOption(viewsOption())
    .option("--json", "print one object")
    .action((run: string, options: Options) => decide(run, options, console));
  addEngineFlags(decision);
}
