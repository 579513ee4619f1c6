// What a run is measured by.

import { type MetricInfo, type Score, scoreOf, tasks } from "../tasks/index.js";
import type { RunConfig } from "./runConfig.js";

/** The metrics of a run's task; none of a task of somebody's own. */
export const metricsOfRun = ({ net }: Pick<RunConfig, "net">): readonly MetricInfo[] =>
  tasks.find(({ name }) => name === net.task)?.metrics ?? [];

/** The metric that decides; none of a task of somebody's own. */
export function scoreOfRun({ net, settings }: RunConfig): Score | undefined {
  const task = tasks.find(({ name }) => name === net.task);
  return task && scoreOf(settings, task);
}
