// The runs of a folder, a row each. A run that has not changed is not read again.

import { join } from "node:path";
import { metricsOfRun, runFiles, scoreOfRun } from "../runs/index.js";
import { merit } from "../tasks/index.js";
import type { NumberTable, RunRow } from "./api.js";
import { type FoundRun, findRuns } from "./findRuns.js";
import { configOf, stateOf } from "./head.js";
import { columnOf, parseNumbers } from "./numberTable.js";
import { readOwn, stampOf, writtenAt } from "./ownFile.js";
import { ending } from "./schemas.js";

/** Points of a row's curve. */
const CURVE = 24;

/** Files that a row is made of. */
const ofRow = [runFiles.config, runFiles.results, runFiles.summary] as const;

/** Evenly spaced values, the last one among them. */
function thinned(values: readonly (number | null)[]): (number | null)[] {
  if (values.length <= CURVE) return [...values];
  const at = (k: number) => Math.round((k * (values.length - 1)) / (CURVE - 1));
  return Array.from({ length: CURVE }, (_, k) => values[at(k)]);
}

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

/** When a run was last written to. */
function updatedAt(folder: string): number {
  const times = [runFiles.results, runFiles.config].map(
    (name) => writtenAt(join(folder, name)) ?? 0,
  );
  return Math.round(Math.max(...times));
}

/** The score on the test set. */
function testOf(folder: string, metric: string): number | undefined {
  try {
    const text = readOwn(join(folder, runFiles.summary)) ?? "null";
    return ending.safeParse(JSON.parse(text)).data?.test?.[metric] ?? undefined;
  } catch {
    return undefined;
  }
}

const emptyTable: NumberTable = { columns: [], rows: [] };

/** A run's row, but for its state. */
function readRow(run: FoundRun): Omit<RunRow, "state"> & Partial<Pick<RunRow, "state">> {
  const { id, path, folder } = run;
  const base = { id, path, updated: updatedAt(folder) };
  const config = configOf(run);
  if ("fault" in config) return { ...base, state: "unreadable", fault: config.fault };
  const { settings, net, data } = config;
  const score = scoreOfRun(config);
  const metric = metricsOfRun(config).find(({ name }) => name === score?.metric);
  const scoreName = score ? `selection${capital(score.metric)}` : "";
  const text = readOwn(join(folder, runFiles.results)) ?? "";
  const table = parseNumbers(text, [scoreName, "seconds"]) ?? emptyTable;
  const scores = columnOf(table, scoreName);
  const known = scores.filter((value) => value !== null);
  const seconds = columnOf(table, "seconds").reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return {
    ...base,
    ...{ model: net.model, task: net.task, data: data.name, seed: settings.seed, metric, seconds },
    optimizer: settings.optimizer,
    particles: settings.swarm === undefined ? undefined : settings.particles,
    epochs: { done: table.rows.length, planned: settings.epochs },
    best:
      score && known.length > 0
        ? known.reduce((a, b) => (merit(score, b) > merit(score, a) ? b : a))
        : undefined,
    test: score && testOf(folder, score.metric),
    curve: thinned(scores),
  };
}

/** The runs of one folder. */
export class RunList {
  private readonly made = new Map<string, { stamp: string; row: ReturnType<typeof readRow> }>();
  private found = new Map<string, FoundRun>();

  /** @param root as `realpath` tells it */
  constructor(private readonly root: string) {}

  /** All runs as they are now. */
  rows(): RunRow[] {
    return this.look().map((run) => {
      const row = this.rowOf(run);
      return { ...row, state: row.state ?? stateOf(run.folder) };
    });
  }

  /** The run with an id; looked for again where it is not known yet. */
  find(id: string): FoundRun | undefined {
    if (!this.found.has(id)) this.look();
    return this.found.get(id);
  }

  private look(): FoundRun[] {
    const runs = findRuns(this.root);
    this.found = new Map(runs.map((run) => [run.id, run]));
    for (const id of this.made.keys()) if (!this.found.has(id)) this.made.delete(id);
    return runs;
  }

  private rowOf(run: FoundRun) {
    const stamp = ofRow.map((name) => stampOf(join(run.folder, name))).join(",");
    const known = this.made.get(run.id);
    if (known?.stamp === stamp) return known.row;
    const row = readRow(run);
    this.made.set(run.id, { stamp, row });
    return row;
  }
}
