// What a run folder says of its run: settings, epochs, scores and drawings.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../files/json.js";
import { readText } from "../files/text.js";
import {
  metricsOfRun,
  type RunConfig,
  readRunConfig,
  runFiles,
  scoreOfRun,
} from "../runs/index.js";
import type { MetricInfo } from "../tasks/index.js";
import { parseCsv } from "../text/csv.js";

const numbers = z.record(z.string(), z.number().nullable());

const summary = z.looseObject({
  epochs: z.number(),
  seconds: z.number(),
  best: numbers.optional(),
  test: numbers.optional(),
  members: z.array(z.number()).optional(),
});

/** All that a report tells. */
export interface RunFacts {
  /** The run folder, as it was named. */
  readonly run: string;
  readonly config: RunConfig;
  /** The metrics of its task, the deciding one first; none of a task of somebody's own. */
  readonly metrics: readonly MetricInfo[];
  /** Whether it trains; the net of a run may also be another run's, made smaller. */
  readonly trained: boolean;
  /** What it came to; absent where it is at work still, or was stopped. */
  readonly end?: z.output<typeof summary>;
  /** `results.csv`: the names of its columns, and a row an epoch. */
  readonly columns: readonly string[];
  readonly epochs: readonly (readonly string[])[];
  /** Charts that lie in the folder, as SVG. */
  readonly charts: readonly { readonly title: string; readonly svg: string }[];
}

const drawings = [
  { title: "Learning curves", file: runFiles.curves },
  { title: "Confusion", file: runFiles.confusion },
  { title: "Precision and recall", file: runFiles.precisionRecall },
  { title: "Paths of the nets", file: runFiles.track },
] as const;

/** The metrics of a run, the one that decides in front. */
function metricsOf(config: RunConfig): readonly MetricInfo[] {
  const metric = scoreOfRun(config)?.metric;
  const decides = (one: MetricInfo) => Number(one.name === metric);
  return [...metricsOfRun(config)].sort((a, b) => decides(b) - decides(a));
}

/**
 * Reads what a run folder says.
 *
 * @throws InputError for a folder that is no run, and for files of one that are damaged.
 */
export async function factsOf(run: string): Promise<RunFacts> {
  const config = await readRunConfig(run);
  const there = (file: string) => existsSync(join(run, file));
  const results = there(runFiles.results)
    ? parseCsv(readText(join(run, runFiles.results)), join(run, runFiles.results))
    : [];
  const [columns = [], ...epochs] = results.map(({ cells }) => cells);
  return {
    ...{ run, config, metrics: metricsOf(config), columns, epochs },
    trained: config.givenWeights === undefined || there(runFiles.results),
    ...(there(runFiles.summary) && { end: await readJson(join(run, runFiles.summary), summary) }),
    charts: drawings
      .filter(({ file }) => there(file))
      .map(({ title, file }) => ({ title, svg: readText(join(run, file)) })),
  };
}
