// What a compressed run lost, as the ways of `convoy compress` tell it.

import { openTrained } from "../runs/index.js";
import { type MetricValues, metricText, metricTitle, type Score } from "../tasks/index.js";
import { counted } from "../text/format.js";
import type { EngineFlags } from "./engineFlags.js";
import { table } from "./table.js";

/** The metrics of a run's task. */
export async function runMetrics(run: string, { engine, threads }: EngineFlags) {
  const net = await openTrained(run, { engine, threads });
  await net.close();
  return net.task.metrics;
}

export type RunMetrics = Awaited<ReturnType<typeof runMetrics>>;

/** Nets side by side: what each is called, and what it is worth. */
export type Stages = readonly (readonly [name: string, values: MetricValues])[];

/**
 * A table with a column for each net: its metrics, and rows of other things.
 *
 * @param images that the metrics are of
 */
export function stagesTable(
  stages: Stages,
  metrics: RunMetrics,
  images: number,
  rows: readonly (readonly string[])[],
): string[] {
  const told = metrics.filter(({ name }) => stages[0][1][name] !== undefined);
  const head = [`of ${counted(images, "selection image")}`, ...stages.map(([name]) => name)];
  return table(head, [
    ...told.map((metric) => [
      metricTitle(metric.name),
      ...stages.map(([, values]) => metricText(metric, values[metric.name])),
    ]),
    ...rows,
  ]);
}

/** `accuracy lost 0.23 points; run runs/b`. */
export function lostLine(
  { score, lost, out }: { readonly score: Score; readonly lost: number; readonly out: string },
  metrics: RunMetrics,
): string {
  const unit = metrics.find(({ name }) => name === score.metric)?.unit === "share" ? " points" : "";
  return `${metricTitle(score.metric)} lost ${Number(lost.toFixed(2)) + 0}${unit}; run ${out}`;
}
