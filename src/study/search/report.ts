// What a search has found: its trials as a table, the best one, those that none beats, and which settings mattered.

import { importanceOf, paretoFront, type Space, type Told } from "../../search/index.js";
import { lastOfChains } from "../../search/ranking.js";
import { hasLosses } from "../../search/search.js";
import { toCsv } from "../../text/csv.js";
import type { TrainSettings } from "../../train/index.js";
import { genesIn, readable } from "./genes.js";
import { withTrial } from "./parameters.js";
import { deciding, readPlan, type SettingsPlan, searchOf } from "./plan.js";
import { readTrials, type TrialRecord, toldOf } from "./trials.js";

/** Trials from which on importance tells anything. */
const FEWEST = 10;

/** A trial with its number. */
export interface ReportedTrial extends TrialRecord {
  readonly number: number;
}

/** What a search has found so far; `--json` prints it. */
export interface SearchReport {
  readonly objectives: SettingsPlan["objectives"];
  readonly trials: readonly ReportedTrial[];
  /** The space of architectures that the genes of its trials belong to, where nets are searched. */
  readonly nets?: string;
  /**
   * Numbers of those that ended well, the best first: by the objectives in their order. Of trials that stop early the last of
   * each chain, the furthest first.
   */
  readonly order: readonly number[];
  /** Whether nothing is left to try. */
  readonly complete: boolean;
  readonly failed: number;
  /** Trials that have begun and not ended. */
  readonly running: number;
  /** Epochs trained, over all runs but those that were made before. */
  readonly epochs: number;
  /** The first one of `order`; absent when none has ended well. */
  readonly best?: ReportedTrial;
  /** All settings of a training as the best trial's. */
  readonly bestSettings?: Partial<TrainSettings>;
  /** With several objectives, watched ones among them: numbers of the trials that none beats in all of them. */
  readonly front?: readonly number[];
  /** How much each parameter mattered, as shares of 1; absent for fewer than 10 trials that can be compared. */
  readonly importance?: readonly (readonly [name: string, share: number])[];
}

/** Epochs of all trials together, each counted from where it went on. */
function epochsOf(trials: readonly TrialRecord[]): number {
  const own = trials.filter(({ imported }) => !imported);
  return own.reduce((sum, { epochs, from }) => {
    const before = from === undefined ? 0 : (trials[from].epochs ?? 0);
    return sum + (epochs === undefined ? 0 : epochs - before);
  }, 0);
}

/** Trials that can be compared: of those that stop early the ones at the highest level that has enough. */
function comparable(told: readonly Told[]): readonly Told[] {
  const levels = [...new Set(told.map(({ until }) => until))];
  const at = levels
    .sort((a, b) => (b ?? 0) - (a ?? 0))
    .map((level) => told.filter((one) => one.until === level && hasLosses(one)));
  return at.find(({ length }) => length >= FEWEST) ?? [];
}

/** Which of two trials is better: the one that went further, then by the objectives in their order. */
function compared(a: Told, b: Told): number {
  const further = (b.until ?? 0) - (a.until ?? 0);
  const differences = a.losses!.map((loss, at) => loss - b.losses![at]);
  return [further, ...differences].find((difference) => difference !== 0) ?? 0;
}

/** Numbers of trials that ended well, the best first. */
const orderOf = (told: readonly Told[]): number[] =>
  lastOfChains(told).sort((a, b) => compared(told[a], told[b]) || a - b);

/** The first objective alone. */
const byFirst = (told: readonly Told[]): Told[] =>
  told.map((one) => (one.losses ? { ...one, losses: one.losses.slice(0, 1) } : one));

/** Puts the trials of a search together, ended or not. */
export function reportOf(plan: SettingsPlan, records: readonly TrialRecord[]): SearchReport {
  const { objectives, settings } = plan;
  const told = records.map((record) => toldOf(record, objectives));
  const search = searchOf(plan, records.filter(({ imported }) => imported).length);
  const asked = records.map((record) => toldOf(record, deciding(plan)));
  const trials = records.map((record, number) => ({ number, ...record }));
  const order = orderOf(told);
  const at: number | undefined = order[0];
  const some = comparable(byFirst(told));
  return {
    objectives,
    ...(records.some((record) => genesIn(record.settings)) && { nets: settings.model }),
    trials,
    order,
    complete: search.next(asked) === "done",
    failed: records.filter(({ failed }) => failed !== undefined).length,
    running: told.filter(({ losses }) => losses === undefined).length,
    epochs: epochsOf(records),
    ...(at !== undefined && {
      best: trials[at],
      bestSettings: withTrial(settings, trials[at].settings),
    }),
    ...(objectives.length > 1 && { front: paretoFront(told) }),
    ...(some.length > 0 && { importance: importanceOf(search.space, some) }),
  };
}

/**
 * What the search in a folder has found.
 *
 * @throws InputError when the folder holds none.
 */
export async function readSearch(
  out: string,
): Promise<{ readonly plan: SettingsPlan; readonly report: SearchReport }> {
  const plan = await readPlan(out);
  return { plan, report: reportOf(plan, await readTrials(out, plan.objectives)) };
}

/** One row a trial: parameters and objectives in full, no times. */
export function trialsTable({ trials, objectives, nets }: SearchReport, space: Space): string {
  const names = space.map(({ name }) => name);
  const model = nets === undefined ? [] : ["model"];
  return toCsv(
    [
      "trial",
      "from",
      "until",
      "epochs",
      ...model,
      ...names,
      ...objectives.map(({ name }) => name),
      "failed",
    ],
    trials.map(({ number, from, until, epochs, settings, values, failed }) => [
      ...[number, from, until, epochs],
      ...model.map((name) => readable(settings, nets)[name]),
      ...names.map((name) => settings[name]),
      ...objectives.map(({ name }) => values?.[name]),
      failed,
    ]),
  );
}
