// The plan of a comparison: everything that decides its numbers, fixed before the first run. It lies in
// the comparison's folder, and only the same plan goes on there.

import { InputError } from "../inputError.js";
import { getOptimizer, gradientsOf, isSelfPaced, type Optimizer } from "../optim/index.js";
import { countFrom, TUNING_OFFSET } from "../study/seeds.js";
import type { MetricInfo, Score } from "../tasks/index.js";
import { unknownName } from "../text/words.js";
import type { Fingerprint } from "../train/fingerprint.js";
import { withoutIdle } from "../train/idle.js";
import { parseConfig, type TrainConfig, type TrainSettings } from "../train/index.js";
import type { LoadedModule, ModuleInfo } from "../train/ownModule.js";
import { withPreset } from "../train/presets.js";
import { type Method, type MethodSettings, overlaid } from "./methods.js";

/** What methods are given equal amounts of: gradient evaluations over all particles, or time. */
export const budgetNames = ["gradients", "wall"] as const;
export type BudgetName = (typeof budgetNames)[number];

/** What to compare. */
export interface CompareSettings {
  readonly methods: readonly Method[];
  /** Settings of all runs; `data` is needed, `seed` is the first one. */
  readonly settings: Partial<TrainSettings>;
  /** The comparison's folder. */
  readonly out: string;
  /** Method that the others are compared with; default the first one. */
  readonly baseline?: string;
  /** Runs of each method and budget, each with a seed of its own. Default 5. */
  readonly seeds?: number;
  /** Default `gradients`. */
  readonly budgets?: readonly BudgetName[];
  /**
   * Time of a run of the `wall` budget, in seconds. Default: the mean time of the baseline's runs of
   * the `gradients` budget, which must then be compared too.
   */
  readonly seconds?: number;
  /** Learning rates that each method's is chosen from, on the selection set. Default: no choice. */
  readonly lrs?: readonly number[];
  /** Runs of each rate, with seeds that the compared runs do not have. Default 2. */
  readonly tuneSeeds?: number;
}

/** Passes over the training images that a run of the `gradients` budget may do in all. */
export const DEFAULT_EPOCHS = 20;
const DEFAULT_SEEDS = 5;
const DEFAULT_TUNE_SEEDS = 2;

/** A method as plan.json has it: settings, and what follows from them. */
export interface PlannedMethod {
  readonly name: string;
  readonly settings: MethodSettings;
  /** Whether it finds its own steps: it has no rate to tune, and its epochs do not cost the same. */
  readonly selfPaced?: true;
  /** Gradients that a step of one net takes; default 1. */
  readonly gradients?: number;
}

/** The metric that decides, and how it is read. */
export interface PlannedScore extends Score {
  readonly unit: MetricInfo["unit"];
}

/** A plan as plan.json has it. */
export interface Plan {
  readonly methods: readonly PlannedMethod[];
  readonly baseline: string;
  readonly budgets: readonly BudgetName[];
  /** Gradient evaluations, in passes over the training images. */
  readonly epochs: number;
  readonly seconds?: number;
  readonly seeds: readonly number[];
  readonly tuning?: { readonly lrs: readonly number[]; readonly seeds: readonly number[] };
  /** Those of all runs. */
  readonly settings: Partial<TrainSettings>;
  readonly score: PlannedScore;
  readonly data: Fingerprint;
  /** The file that the setting `module` names. */
  readonly module?: ModuleInfo;
}

/** What the comparison decides itself; a method may not. */
const decided: readonly (keyof TrainConfig)[] = [
  "data",
  "module",
  "train",
  "size",
  "selection",
  "seed",
  "epochs",
  "task",
  "score",
];

/** What would make budgets unequal or folders clash. */
export const unplanned: readonly (keyof MethodSettings)[] = [
  "out",
  "steps",
  "gradients",
  "patience",
  "minutes",
  "preset",
  "swarm",
];

/** Of these what a method may set: it is what makes it one. */
const methodical: readonly string[] = ["preset", "swarm"];

/** An error with the method that it is about. */
export function blame(method: string, error: unknown): unknown {
  if (error instanceof Error) error.message = `method ${method}: ${error.message}`;
  return error;
}

function expectWithout(who: string, settings: object, names: readonly string[]): void {
  const name = names.find((one) => (settings as Record<string, unknown>)[one] !== undefined);
  if (name === undefined) return;
  throw new InputError(`${who} sets ${name}, which the comparison decides; leave it out`);
}

function expectCount(name: string, value: number, highest = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= 1 && value <= highest) return;
  const limit = highest < Number.MAX_SAFE_INTEGER ? ` to ${highest}` : "";
  throw new InputError(`${name} is ${value}; expected a whole number from 1${limit}`);
}

/** A name as that of a folder. */
export const folderName = (method: string): string => method.replace(/[^\w.=-]+/g, "-");

function checkMethods(methods: readonly Method[], baseline: string, tuned: boolean): void {
  if (methods.length === 0) throw new InputError("there is no method to compare");
  const names = methods.map(({ name }) => name);
  const folders = names.map(folderName);
  const twice = names.find((_, at) => folders.indexOf(folders[at]) !== at);
  if (twice !== undefined) throw new InputError(`method ${twice} is there twice`);
  if (!names.includes(baseline)) throw unknownName("baseline", baseline, names);
  const others = unplanned.filter((name) => !methodical.includes(name));
  for (const { name, settings } of methods) {
    expectWithout(`method ${name}`, settings, [...decided, ...others]);
    if (tuned && withPreset(settings).lr !== undefined) {
      throw new InputError(`method ${name} sets lr, which is to be tuned; leave one of them out`);
    }
  }
}

function checkNumbers({ seeds, lrs, tuneSeeds, seconds, budgets }: CompareSettings): void {
  if (seeds !== undefined) expectCount("the number of seeds", seeds, TUNING_OFFSET);
  if (tuneSeeds !== undefined) expectCount("the number of tuning seeds", tuneSeeds);
  if (seconds !== undefined && !(seconds > 0)) {
    throw new InputError(`the wall budget is ${seconds} s; expected more than 0`);
  }
  if (seconds !== undefined && budgets && !budgets.includes("wall")) {
    throw new InputError("seconds are given, but the wall budget is not asked for");
  }
  const wrong = lrs?.find((lr, at) => !(lr > 0) || lrs.indexOf(lr) !== at);
  if (wrong !== undefined) {
    throw new InputError(`learning rate ${wrong}: expected positive numbers, each once`);
  }
  if (lrs?.length === 0) throw new InputError("there is no learning rate to choose from");
}

/** A method with what its optimizer says of its steps. */
function plannedMethod(
  { name, settings }: Method,
  shared: MethodSettings,
  own?: readonly Optimizer[],
): PlannedMethod {
  try {
    const { optimizer: named } = parseConfig(overlaid(shared, settings));
    const optimizer = getOptimizer(named, own);
    const gradients = gradientsOf(optimizer) ?? 1;
    return {
      ...{ name, settings },
      ...(isSelfPaced(optimizer) && { selfPaced: true }),
      ...(gradients !== 1 && { gradients }),
    };
  } catch (error) {
    throw blame(name, error);
  }
}

/**
 * Settles a comparison.
 *
 * @param data fingerprint of the source, as it was opened
 * @param score the metric that decides
 * @param module what the setting `module` names
 * @throws InputError for what cannot be compared.
 */
export function makePlan(
  compared: CompareSettings,
  data: Fingerprint,
  score: PlannedScore,
  module?: LoadedModule,
): Plan {
  const { methods, settings, budgets = ["gradients"], lrs, seconds } = compared;
  const { baseline = methods[0]?.name } = compared;
  checkMethods(methods, baseline, lrs !== undefined);
  checkNumbers(compared);
  expectWithout("the comparison", settings, unplanned);
  const { epochs = DEFAULT_EPOCHS, seed: _, ...shared } = settings;
  const { seed } = parseConfig({ ...settings, epochs });
  const chosen = budgetNames.filter((name) => budgets.includes(name));
  if (chosen.includes("wall") && !chosen.includes("gradients") && seconds === undefined) {
    throw new InputError("the wall budget needs a number of seconds");
  }
  const plan: Plan = {
    methods: methods.map((method) => plannedMethod(method, settings, module?.optimizers)),
    baseline,
    budgets: chosen,
    epochs,
    seconds,
    seeds: countFrom(seed, compared.seeds ?? DEFAULT_SEEDS),
    tuning: lrs && {
      lrs,
      seeds: countFrom(seed + TUNING_OFFSET, compared.tuneSeeds ?? DEFAULT_TUNE_SEEDS),
    },
    settings: { ...shared, ...(module && { module: module.path }) },
    score,
    data,
    ...(module && { module: { path: module.path, sha256: module.sha256 } }),
  };
  if (chosen.includes("gradients")) checkEpochs(plan);
  return plan;
}

const methodOf = (plan: Plan, method: string): PlannedMethod =>
  plan.methods.find(({ name }) => name === method)!;

/** Settings of a method's runs but for seed and epochs; what all share, such as a rate, is not for all. */
export function settingsOf(plan: Plan, method: string): MethodSettings {
  const { settings, selfPaced } = methodOf(plan, method);
  // What all share may be of use to some of the methods only.
  const useful = withoutIdle(overlaid(plan.settings, settings));
  const shared = Object.entries(plan.settings).filter(([name]) => name in useful);
  const all = overlaid(Object.fromEntries(shared), settings);
  if (!selfPaced) return all;
  const { lr, schedule, warmup, scale } = settings;
  return { ...all, lr, schedule, warmup, scale };
}

/** Whether a method finds its own steps. */
export const isOwnPace = (plan: Plan, method: string): boolean =>
  methodOf(plan, method).selfPaced === true;

/** Nets that a method trains. */
export function particlesOf(plan: Plan, method: string): number {
  try {
    const { swarm, particles } = parseConfig(settingsOf(plan, method));
    return swarm === undefined ? 1 : particles;
  } catch (error) {
    throw blame(method, error);
  }
}

/** Gradients that a step of all of a method's particles together takes. */
const stepGradients = (plan: Plan, method: string): number =>
  particlesOf(plan, method) * (methodOf(plan, method).gradients ?? 1);

/** Epochs of each particle when all together have the budget's gradient evaluations. */
export const gradientEpochs = (plan: Plan, method: string): number =>
  plan.epochs / stepGradients(plan, method);

function checkEpochs(plan: Plan): void {
  for (const { name } of plan.methods) {
    if (Number.isInteger(gradientEpochs(plan, name))) continue;
    const each = stepGradients(plan, name);
    throw new InputError(
      `the gradients of ${plan.epochs} epochs are no whole number of epochs for ${name}, which ` +
        `takes ${each} a step; choose a multiple of ${each}`,
    );
  }
}
