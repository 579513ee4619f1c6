// Compares training methods by the protocol that every claim is to follow: three disjoint sets, equal
// budgets, equally many rates tried for each method, several seeds, differences paired by seed.

import { openDataset, type Splits } from "../data/index.js";
import { InputError } from "../inputError.js";
import { swarmOf } from "../runs/index.js";
import { openFolder } from "../study/folder.js";
import { Stopped } from "../study/run.js";
import { openSwarm } from "../swarm/index.js";
import { getTask, scoreOf, taskFor } from "../tasks/index.js";
import { fingerprint } from "../train/fingerprint.js";
import { learningRate, type OwnParts, parseConfig, type TrainConfig } from "../train/index.js";
import { prepare } from "../train/prepare.js";
import { getMetric } from "./outcome.js";
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
import { type CourseOptions, Study, type StudyProgress } from "./runs.js";
import { writeTables } from "./tables.js";

/** How {@link compare} is watched and steered. */
export interface CompareOptions extends OwnParts {
  /** Number that methods are compared by: a name of `metrics`. Default `deployed`. */
  readonly metric?: string;
  /** When it aborts, the current run is saved and the comparison ends; call again to go on. */
  readonly signal?: AbortSignal;
  /** Hears of every event of every run. */
  readonly watch?: (standing: StudyProgress) => void | Promise<void>;
}

function withTest(source: Splits): CourseOptions["source"] {
  const { test } = source;
  if (test) return { ...source, test };
  throw new InputError(
    `${source.train.name} has no test set; methods are compared on images that chose nothing`,
  );
}

/** The metric that decides between the methods. */
function plannedScore(config: TrainConfig, { train }: Splits, own: OwnParts): PlannedScore {
  const task =
    own.task ?? (config.task === undefined ? taskFor(train.labels) : getTask(config.task));
  const score = scoreOf(config, task);
  return { ...score, unit: task.metrics.find(({ name }) => name === score.metric)!.unit };
}

/** Ends here for a method whose settings cannot be used: before anything is written. */
async function checkMethods(plan: Plan, data: Splits, own: OwnParts): Promise<void> {
  const [seed] = plan.seeds;
  for (const { name } of plan.methods) {
    try {
      const { config } = await prepare({ ...settingsOf(plan, name), seed }, { ...own, data });
      if (config.swarm === undefined) learningRate(config, 1);
      else openSwarm(swarmOf({ ...config, swarm: config.swarm }));
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
 * @throws InputError, InputError or InputError for what cannot be compared, before anything is written;
 * InputError when the folder holds something else or another plan.
 */
export async function compare(
  settings: CompareSettings,
  { metric = "deployed", signal, watch, ...own }: CompareOptions = {},
): Promise<Comparison> {
  const compared = getMetric(metric);
  const { out } = settings;
  const chosen = parseConfig({ epochs: DEFAULT_EPOCHS, ...settings.settings });
  const { data, size } = chosen;
  const source = withTest(own.data ?? (await openDataset(data, { size })));
  const plan = makePlan(settings, fingerprint(source), plannedScore(chosen, source, own));
  const show = async (standing: StudyProgress) => {
    if (standing.outcome) await writeTables(out, plan, course.outcomes, compared);
    await watch?.(standing);
  };
  const course = new Study(plan, { out, source, model: own.model, signal, watch: show });
  await checkMethods(plan, source, own);
  const close = await openFolder(out, plan);
  try {
    await course.go();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    close();
  }
  return report(plan, course.outcomes, compared);
}
