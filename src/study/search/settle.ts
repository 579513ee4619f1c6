// From what a user wants searched to a plan: all that can be wrong is told before anything is written.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Splits, withPolicyPaths } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import {
  createSearch,
  parseSpace,
  type Setting,
  type Settings,
  type Space,
  samplers,
  spaceText,
} from "../../search/index.js";
import { keyOf } from "../../search/space.js";
import { byName } from "../../text/words.js";
import { namedTask } from "../../train/chooseTask.js";
import { type Fingerprint, fingerprint } from "../../train/fingerprint.js";
import { type OwnParts, parseConfig, type TrainSettings } from "../../train/index.js";
import { modelNamed } from "../../train/modelFile.js";
import { isSource, openData } from "../../train/openData.js";
import { loadModule } from "../../train/ownModule.js";
import { type Prepared, prepare } from "../../train/prepare.js";
import { noLatencies } from "./latencyTable.js";
import { inputOf, type Nets, netsOf } from "./nets.js";
import { type Objective, objectivesOf } from "./objectives.js";
import { checkParameters, samplesOf, withTrial } from "./parameters.js";
import type { SettingsPlan } from "./plan.js";

/** What to search, and how. */
export interface SettingsSearch {
  /** Those of all trainings alike; `data` is needed. Trials that stop early have the schedule of `epochs`. */
  readonly settings: Partial<TrainSettings>;
  /** Settings to search, as data or as text for `parseSpace`: `lr=log:1e-4:0.3,batch=16|32`, `hyper.momentum=float:0:0.99`. */
  readonly space: Space | string;
  /** Name of a sampler; default tpe. */
  readonly sampler?: string;
  /** The sampler's own options. */
  readonly options?: Readonly<Record<string, Setting>>;
  /** Most trials that begin anew; default no limit. */
  readonly trials?: number;
  /** For samplers whose trials stop early: epochs before a first comparison; default 1. */
  readonly least?: number;
  /**
   * What trials are compared by: metrics of the task on the selection images, `loss` there, `macs`, `params` and `latency` of the net.
   * The first one decides; a metric of the task also chooses each run's best epoch unless the setting `score` does.
   * Default the task's score.
   */
  readonly metrics?: readonly string[];
  /** Metrics and costs that are told of trials, and make the front, while what is proposed does not depend on them. */
  readonly watched?: readonly string[];
  /**
   * The most that a net may cost by name: `macs`, `params`, `bytes`, `latency` (ms for one image on one thread, as the sum of its
   * layers measured here). Nets beyond are not trained. Default no limit.
   */
  readonly budget?: Readonly<Record<string, number>>;
  /** Of several proposals the net with the highest score of a zero-cost proxy, untrained, is trained. Default every proposal. */
  readonly screen?: { readonly proxy: string; readonly candidates: number };
}

/** A plan with what its trials need. */
export interface Settled {
  readonly plan: SettingsPlan;
  readonly space: Space;
  readonly objectives: readonly Objective[];
  /** What is asked of its nets before they are trained. */
  readonly nets: Nets;
  /** What a trial is given besides settings: its data, without test images. */
  partsOf(settings: Partial<TrainSettings>): Promise<OwnParts>;
  /** What tells its data from others, test images included. */
  wholeDataOf(settings: Partial<TrainSettings>): Promise<Fingerprint>;
}

/** Settings that may be paths. */
const paths = ["data", "pretrained", "teacher", "classes", "classWeights", "module"] as const;

/** Settings with whole paths, so that a study goes on wherever it is called from. */
export async function located(settings: Partial<TrainSettings>): Promise<Partial<TrainSettings>> {
  const whole = paths.flatMap((name) => {
    const path = settings[name];
    const is = path !== undefined && !(name === "data" && isSource(path)) && existsSync(path);
    return is ? [[name, resolve(path)] as const] : [];
  });
  return {
    ...settings,
    ...Object.fromEntries(whole),
    ...(settings.model !== undefined && { model: await modelNamed(settings.model) }),
    ...(settings.augment !== undefined && { augment: withPolicyPaths(settings.augment, resolve) }),
  };
}

/** Augmentations of a choice, as `crop+policy.json`, with whole paths of policies. */
const locatedAugment = (value: Setting): Setting =>
  typeof value === "string"
    ? value
        .split("+")
        .map((one) => withPolicyPaths(one, resolve))
        .join("+")
    : value;

/** A space with whole paths of policies; see {@link located}. */
const locatedSpace = (space: Space): Space =>
  space.map((parameter) => {
    const { name, when } = parameter;
    return {
      ...parameter,
      ...(name === "augment" &&
        parameter.kind === "choice" && { of: parameter.of.map(locatedAugment) }),
      ...(when?.name === "augment" && { when: { ...when, is: when.is.map(locatedAugment) } }),
    };
  });

/** Data without their test images, which no search looks at, and what tells them with those from others. */
interface Source {
  readonly data: Splits;
  readonly whole: Fingerprint;
}

/** The data of trainings, opened once for all that read them alike. */
class Sources {
  private readonly opened = new Map<string, Promise<Source>>();

  constructor(private readonly own: OwnParts) {}

  of(settings: Partial<TrainSettings>): Promise<Source> {
    const { data, onProgress } = this.own;
    const config = parseConfig(settings);
    const { columns, classes, oneOf, groupBy, size, channels, range, pack, module } = config;
    const key = data
      ? ""
      : JSON.stringify([
          config.data,
          columns,
          classes,
          oneOf,
          groupBy,
          size,
          channels,
          range,
          pack,
        ]);
    const open = async (): Promise<Source> => {
      const loaded = module === undefined ? undefined : await loadModule(module);
      const kind = namedTask(config, { ...this.own, module: loaded })?.labels;
      const whole = data ?? (await openData(config, { kind, onProgress }));
      const { test: _, ...rest } = whole;
      return { data: rest, whole: fingerprint(whole) };
    };
    const found = this.opened.get(key) ?? open();
    this.opened.set(key, found);
    return found;
  }
}

/** A setting of each kind that the space has, as messages tell it. */
const inWords = (settings: Settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

/** Prepares trainings that stand for the space; returns the first. */
async function tryOut(
  space: Space,
  settings: Partial<TrainSettings>,
  partsOf: Settled["partsOf"],
): Promise<Prepared> {
  let first: Prepared | undefined;
  const samples = new Map(samplesOf(space).map((sample) => [keyOf(space, sample), sample]));
  for (const sample of samples.values()) {
    const all = withTrial(settings, sample);
    try {
      const prepared = await prepare(all, await partsOf(all));
      first ??= prepared;
    } catch (error) {
      if (error instanceof InputError) {
        error.message = `space: at ${inWords(sample)}: ${error.message}`;
      }
      throw error;
    }
  }
  return first!;
}

/** Fewest epochs of a trial that stops early. */
const LEAST = 1;

/**
 * Settles a search.
 *
 * @param table latencies of layers that are known; those that the budget asks for are added; default none
 * @throws InputError for a space, sampler, metric, setting or data that cannot be used.
 */
export async function settle(
  tuned: SettingsSearch,
  own: OwnParts,
  table = noLatencies(),
): Promise<Settled> {
  const { sampler = "tpe", options = {}, trials, least } = tuned;
  const given = await located(tuned.settings);
  const { epochs, seed } = parseConfig(given);
  if (given.selection === 0) {
    throw new InputError(
      "setting selection is 0: a search compares trials on images that are not learned from; expected a share above 0",
    );
  }
  const wrong = (["out", "minutes"] as const).find((name) => given[name] !== undefined);
  if (wrong) {
    throw new InputError(`setting ${wrong}: a search decides it for its trials; leave it out`);
  }
  const asked = typeof tuned.space === "string" ? parseSpace(tuned.space) : tuned.space;
  const space = locatedSpace(asked);
  const kind = byName("sampler", sampler, samplers);
  const resource = kind.stages ? { least: least ?? LEAST, most: epochs } : undefined;
  if (!kind.stages && least !== undefined) {
    throw new InputError(
      `search: ${sampler} stops no trial early, so a least number of epochs has no effect`,
    );
  }
  const search = { space, sampler, options, seed };
  createSearch({
    ...search,
    ...(trials !== undefined && { trials }),
    ...(resource && { resource }),
  });
  checkParameters(space, given, kind);
  const sources = new Sources(own);
  const partsOf = async (settings: Partial<TrainSettings>): Promise<OwnParts> => ({
    ...own,
    data: (await sources.of(settings)).data,
  });
  const wholeDataOf = async (settings: Partial<TrainSettings>) =>
    (await sources.of(settings)).whole;
  const first = await tryOut(space, given, partsOf);
  const { task } = first.question;
  const decided = objectivesOf(tuned.metrics, task, first.score);
  const names = decided.map(({ name }) => name);
  const watched = tuned.watched?.filter((name) => !names.includes(name)) ?? [];
  const objectives = [
    ...decided,
    ...(watched.length > 0 ? objectivesOf(watched, task, first.score) : []),
  ];
  const chosen = task.metrics.find(({ name }) => name === objectives[0].name)?.name;
  const settings = { ...(chosen !== undefined && { score: chosen }), ...given };
  const { data } = await partsOf(withTrial(settings, samplesOf(space)[0]));
  const plan: SettingsPlan = {
    kind: "search",
    ...{ space: spaceText(space), sampler, options, seed },
    ...(trials !== undefined && { trials }),
    ...(resource && { resource }),
    ...(tuned.budget && { budget: { most: tuned.budget, input: inputOf(first.question.model) } }),
    ...(tuned.screen && { screen: tuned.screen }),
    objectives: objectives.map(({ name, better, unit }) => ({
      ...{ name, better, unit },
      ...(watched.includes(name) && { watched: true as const }),
    })),
    ...{ settings, data: fingerprint(data!) },
    ...(first.module && { module: { path: first.module.path, sha256: first.module.sha256 } }),
  };
  const nets = await netsOf(plan, table, first);
  return { space, objectives, partsOf, wholeDataOf, plan, nets };
}
