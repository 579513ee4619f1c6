// What a run was made with and how it stands, from its config.json.

import { join } from "node:path";
import { isLocked } from "../files/lock.js";
import {
  metricsOfRun,
  parseRunConfig,
  type RunConfig,
  runFiles,
  scoreOfRun,
} from "../runs/index.js";
import type { RunHead, RunState } from "./api.js";
import type { FoundRun } from "./findRuns.js";
import { readOwn, stampOf } from "./ownFile.js";

/** The file that says who works in a folder. */
const LOCK = "run.lock";

/** Whether somebody works on a run, or it is over. */
export function stateOf(folder: string): RunState {
  try {
    if (stampOf(join(folder, LOCK)) !== "" && isLocked(folder)) return "running";
  } catch {
    // A lock that cannot be read: nobody can tell.
    return "unreadable";
  }
  return stampOf(join(folder, runFiles.summary)) === "" ? "stopped" : "finished";
}

/** Changes whenever a run has better weights; empty where it has none. */
export const stampOfWeights = (folder: string): string => stampOf(join(folder, runFiles.best));

/** A run's config.json, or why it cannot be read. */
export function configOf({ folder, path }: FoundRun): RunConfig | { readonly fault: string } {
  const text = readOwn(join(folder, runFiles.config));
  if (text === undefined) return { fault: `${runFiles.config} cannot be read` };
  try {
    return parseRunConfig(text, `${path}/${runFiles.config}`);
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** The head of a run's page. */
export function headOf(run: FoundRun): RunHead {
  const config = configOf(run);
  const { path, folder } = run;
  if ("fault" in config) return { path, state: "unreadable", fault: config.fault };
  const { settings, net, data, parameters, versions } = config;
  const { name, train, selection, test } = data;
  return {
    ...{ path, state: stateOf(folder), model: net.model, task: net.task, data: name },
    ...{ images: { train, selection, test }, parameters, versions },
    metrics: metricsOfRun(config),
    score: scoreOfRun(config),
    settings: Object.fromEntries(
      Object.entries(settings).map(([setting, value]) => [setting, textOf(value)]),
    ),
  };
}
