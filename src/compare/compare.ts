// Compares training methods by the protocol that every claim is to follow: three disjoint sets, equal
// budgets, equally many rates tried for each method, several seeds, differences paired by seed.

import type { Splits } from "../data/index.js";
import { InputError } from "../inputError.js";
import { swarmOf } from "../runs/index.js";
import { runStudy, type StudyProgress } from "../study/study.js";
import { openSwarm } from "../swarm/index.js";
import { scoreOf } from "../tasks/index.js";
import { chooseTask, namedTask, type OwnTasks } from "../train/chooseTask.js";
import { fingerprint } from "../train/fingerprint.js";
import type { TrainEvent } from "../train/index.js";
import { learningRate, type OwnParts, parseConfig, type TrainConfig } from "../train/index.js";
import { openData } from "../train/openData.js";
import { loadModule } from "../train/ownModule.js";
import { prepare } from "../train/prepare.js";
import { getMetric, type Outcome } from "./outcome.js";
import {
  blame,
  type CompareSettings,
  DEFAULT_EPOCHS,
  makePlan,
  type Plan,
  type PlannedScore,
  settingsOf,
} from "./plan.js";
import { type Comparison, report } from "./report.js";
import { type Job, type Material, outcomeOf, Runs } from "./runs.js";
import { writeTables } from "./tables.js";

/** Where a comparison stands: at an event of a run, or behind a run when there is none. */
export interface CompareProgress {
  readonly job: Job;
  readonly event?: TrainEvent;
  /** Runs that are over, and all there will be. */
  readonly done: number;
  readonly total: number;
  /** The metric that decides. */
  readonly score: PlannedScore;
  /** Of a run to be compared that is over. */
  readonly outcome?: Outcome;
}

/** How {@link compare} is watched and steered. */
export interface CompareOptions extends OwnParts {
  /** Number that methods are compared by: a name of `metrics`. Default `deployed`. */
  readonly metric?: string;
  /** When it aborts, the current run is saved and the comparison ends; call again to go on. */
  readonly signal?: AbortSignal;
  /** Hears of every event of every run. */
  readonly watch?: (progress: CompareProgress) => void | Promise<void>;
}

function withTest(source: Splits): Material["source"] {
  const { test } = source;
  if (test) return { ...source, test };
  throw new InputError(
    `${source.train.name} has no test set; methods are compared on images that chose nothing: call some of them test, ` +
      "as a folder test/, in a column split, or as arrays test_...",
  );
}

/** The metric that decides between the methods. */
function plannedScore(config: TrainConfig, source: Splits, own: OwnTasks): PlannedScore {
  const task = chooseTask(config, source, own);
  const score = scoreOf(config, task);
  return { ...score, unit: task.metrics.find(({ name }) => name === score.metric)!.unit };
}

/** Ends here for a method whose settings cannot be used: before anything is written. */
async function checkMethods(plan: Plan, data: Splits, own: OwnParts): Promise<void> {
  const [seed] = plan.seeds;
  for (const { name } of plan.methods) {
    try {
      const settings = { ...settingsOf(plan, name), seed };
      const { config, module } = await prepare(settings, { ...own, data });
      if (config.swarm === undefined) learningRate(config, 1);
      else openSwarm(swarmOf({ ...config, swarm: config.swarm }, module?.couplings));
    } catch (error) {
      throw blame(name, error);
    }
  }
}

/**
 * Compares training methods: runs each with several seeds under equal budgets and writes every run and
 * the tables to the folder `out`. Call it again with the same settings to go on where it was
 * interrupted; finished runs are read, not repeated.
 *
 * Within a seed all methods learn from, choose by and are tested with the same images. Learning rates
 * are tuned on the selection set with seeds of their own; the test set is touched once by each run that
 * is compared.
 *
 * @throws InputError for what cannot be compared, before anything is written, and when the folder holds something
 * else or another plan.
 */
export async function compare(
  settings: CompareSettings,
  { metric = "deployed", signal, watch, ...own }: CompareOptions = {},
): Promise<Comparison> {
  const compared = getMetric(metric);
  const { out } = settings;
  const chosen = parseConfig({ epochs: DEFAULT_EPOCHS, ...settings.settings });
  const { module: path } = chosen;
  const module = path === undefined ? undefined : await loadModule(path);
  const tasks = { ...own, module };
  const { onProgress } = own;
  const kind = namedTask(chosen, tasks)?.labels;
  const source = withTest(own.data ?? (await openData(chosen, { kind, onProgress })));
  const score = plannedScore(chosen, source, tasks);
  const plan = makePlan(settings, fingerprint(source), score, module);
  const runs = new Runs(plan, { source, model: own.model, task: own.task });
  const outcomes: Outcome[] = [];
  const show = async ({ run: job, event, outcome: ended, done }: StudyProgress<Job>) => {
    const outcome = ended && job.purpose === "run" ? outcomeOf(plan, job, ended) : undefined;
    if (outcome) {
      outcomes.push(outcome);
      await writeTables(out, plan, outcomes, compared);
    }
    await watch?.({ job, event, done, total: runs.total, score, outcome });
  };
  await checkMethods(plan, source, own);
  await runStudy(runs.course(), { out, plan, kind: "comparison", signal, watch: show });
  return report(plan, outcomes, compared);
}
