// Everything of a run that is settled before anything is computed or written: effective settings,
// images, model. Bad input ends here.

import { resolve } from "node:path";
import { type PassRecord, refuseFixed } from "../compress/passes/index.js";
import {
  balancedWeights,
  checkSplits,
  commonSize,
  type Dataset,
  DEFAULT_SIZE,
  type Drawn,
  draw,
  inkNormalisation,
  type Normalisation,
  normalisationOf,
  preparedFor,
  type ReadProgress,
  readClassWeights,
  type Splits,
  withOneOf,
  withPolicyPaths,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import {
  createModel,
  defaultModel,
  familyOf,
  type Model,
  type ModelInput,
} from "../models/index.js";
import { getOptimizer, getSchedule, isSelfPaced, type Optimizer } from "../optim/index.js";
import {
  type Asked,
  ask,
  expectFit,
  parsePenalties,
  type Score,
  scoreOf,
  sizeOfInput,
  type Task,
  type TrainingOptions,
  taskFor,
} from "../tasks/index.js";
import { unknownName } from "../text/words.js";
import { checkAsked, passesOf } from "./askedPasses.js";
import { checkLeftOut } from "./augmenting.js";
import { checkScore, checkTask } from "./checkTask.js";
import { chooseTask, namedTask, withReading } from "./chooseTask.js";
import { parseConfig, SELECTION_SHARE, type TrainConfig, type TrainSettings } from "./config.js";
import { constantsOf } from "./constants.js";
import { dataDifference, type Fingerprint, fingerprint } from "./fingerprint.js";
import { refuseIdle } from "./idle.js";
import { modelNamed } from "./modelFile.js";
import { modelOf, withLoss, withPasses } from "./modelOf.js";
import { onnxModule } from "./onnxWeights.js";
import { openData, pathFrom } from "./openData.js";
import { type LoadedModule, loadModule } from "./ownModule.js";
import { checkPaces, pacedModel } from "./paces.js";
import { addingTo, penaltiesOf } from "./penalties.js";
import { withPrecision } from "./precision.js";
import { withPreset } from "./presets.js";
import { recipeOf } from "./recipe.js";
import { expectRange, type PastRun, resumedSettings } from "./resumed.js";
import { type Start, startFrom, type Wanted } from "./start.js";
import { openTeacher, readTeacher, type Teacher } from "./teacher.js";
import type { OpenTraining } from "./training.js";
import { type NetInfo, readWeights, type Weights } from "./weights.js";

/** Parts of a run that a program brings itself instead of naming them in the settings. */
export interface OwnParts {
  /** Data in memory; `settings.data` is then only a name. */
  readonly data?: Splits;
  /** A model of your own; `settings.model` is then only a name. */
  readonly model?: (input: ModelInput) => Model;
  /** A task of your own; `settings.task` is then only a name. */
  readonly task?: Task;
  /** An optimizer of your own; `settings.optimizer` is then only a name. */
  readonly optimizer?: Optimizer;
  /** Weights to start from; `settings.pretrained` is then only a name. */
  readonly weights?: Weights;
  /** Makes what is trained; default the net or the swarm that the settings describe. */
  readonly open?: OpenTraining;
  /** Is told how the reading of image files goes on. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** A run ready to be started. */
export interface Prepared {
  readonly config: TrainConfig;
  /** Images to learn from, to choose by, and to test with. */
  readonly splits: Drawn;
  /** The model, what it is asked, and what its targets are. */
  readonly question: Asked;
  /** The metric that decides. */
  readonly score: Score;
  /** Whether it chooses an epoch, by images that are not learned from; else the last one counts. */
  readonly chooses: boolean;
  readonly optimizer: Optimizer;
  readonly net: NetInfo;
  readonly data: Fingerprint;
  /** Of the outputs in the loss; default all alike. */
  readonly weights?: readonly number[];
  /** Weights that were given; none of a resumed run that was given some, since it has saved them. */
  readonly start?: Start;
  /** What is added to the loss; default nothing. */
  readonly penalise?: TrainingOptions["penalise"];
  /** What the setting `teacher` names. */
  readonly teacher?: Teacher;
  /** What the setting `module` names. */
  readonly module?: LoadedModule;
  /** Is told how long work on images before the first step goes on. */
  readonly onProgress?: OwnParts["onProgress"];
}

/** The settings with whole paths, and with the name that a model's file tells: a run may be resumed without them. */
const withPaths = async (settings: Partial<TrainSettings>): Promise<Partial<TrainSettings>> => ({
  ...settings,
  ...(settings.model !== undefined && { model: await modelNamed(settings.model) }),
  ...(settings.module !== undefined && { module: resolve(settings.module) }),
  ...onnxModule(settings),
  ...(settings.teacher !== undefined && { teacher: resolve(settings.teacher) }),
  ...(settings.grammar !== undefined && { grammar: resolve(settings.grammar) }),
  ...(settings.augment !== undefined && { augment: withPolicyPaths(settings.augment, resolve) }),
});

/** Settings of the rate that ask for nothing. */
const unpaced: Partial<TrainSettings> = { schedule: "constant", warmup: 0, scale: "none" };

/** An optimizer that finds its own steps takes no rate, and moves its net alone. */
function checkPace({ name }: Optimizer, config: TrainConfig, given: Partial<TrainSettings>) {
  // Before the settings of rates, of which a swarm has some that nobody typed.
  if (config.swarm !== undefined) {
    throw new InputError(
      `setting swarm: ${name} cannot train a net that others move; take another optimizer`,
    );
  }
  const adding = addingTo(config);
  if (adding !== undefined) {
    throw new InputError(
      `setting ${adding}: ${name} compares losses, in which it is not told; take another optimizer`,
    );
  }
  const idle = (["lr", "schedule", "warmup", "scale"] as const).find(
    (setting) => given[setting] !== undefined && given[setting] !== unpaced[setting],
  );
  if (idle !== undefined) {
    throw new InputError(
      `setting ${idle}: ${name} finds the lengths of its steps itself; leave ${idle} out`,
    );
  }
}

/** The settings with `levels` among the optimizer's own numbers, which it is. */
function withLevels(config: TrainConfig, { name, defaults }: Optimizer): TrainConfig {
  const { levels, hyper } = config;
  if (levels === undefined) return config;
  if (defaults.levels === undefined) {
    throw new InputError(`setting levels is ${levels}: ${name} has no levels; optimizer rmtr has`);
  }
  return { ...config, hyper: { ...hyper, levels } };
}

/** Numbers that the schema cannot know. */
function checkHyper({ name, defaults }: Optimizer, { hyper }: TrainConfig): void {
  const known = Object.keys(defaults);
  const unknown = Object.keys(hyper).find((key) => !known.includes(key));
  if (unknown !== undefined) throw unknownName(`number of ${name} in hyper`, unknown, known);
}

/** The net that settings name, or that the weights to start from were made for, or the images are for. */
function wantedNet(
  { model: named, size }: TrainConfig,
  { train }: Splits,
  names: readonly string[],
  own: {
    readonly create: OwnParts["model"];
    readonly weights?: Weights;
    readonly module?: LoadedModule;
    readonly task: Task;
    readonly passes?: readonly PassRecord[];
  },
): Wanted {
  const { images } = train;
  const { height, width } = commonSize(images) ?? { height: DEFAULT_SIZE, width: DEFAULT_SIZE };
  const { create: given, weights, module, task, passes } = own;
  const sides = task.inputSize?.(train, size) ?? { height: size ?? height, width: size ?? width };
  const channels = task.channels ?? train.channels;
  const input = { channels, ...sides, outputs: names.length };
  const said = named ?? weights?.info.model ?? task.defaults?.model ?? defaultModel(input);
  const name = task.modelFor?.(said) ?? said;
  const create = given ?? ((input) => createModel(name, input, module?.models));
  return { create: (input) => withPasses(create(input), passes, STARTED_FROM), input, names };
}

/** What is known of a run before its data are read. */
interface Known {
  readonly config: TrainConfig;
  readonly module?: LoadedModule;
  /** The model's, where it does not depend on the data. */
  readonly name?: string;
  readonly weights?: Weights;
}

/** How messages name the weights that a run starts from. */
const STARTED_FROM = "the weights to start from";

/** The net that weights are of: its parts may be others for images of another size. */
const netOfWeights = (info: NetInfo, module?: LoadedModule): Model =>
  modelOf(info, STARTED_FROM, { own: module?.models });

/** Refuses passes where nets are put together afterwards, which have the passes no more. */
function checkPasses({ deploy, swarm }: TrainConfig, passes: readonly PassRecord[] | undefined) {
  if (!passes?.length || swarm === undefined || deploy !== "ensemble") return;
  throw new InputError(
    `setting deploy is ensemble: nets after pass ${passes[0].pass} make no ensemble; take deploy best or mean`,
  );
}

/**
 * Refuses what can be told before images are read: parts that the weights' net does not have, and as far as the task is
 * known a model that cannot do it, by the images that it was published for, and settings that it cannot follow.
 */
function checkAhead({ config, module, name, weights }: Known, task: Task | undefined): void {
  const full = name === undefined ? undefined : (task?.modelFor?.(name) ?? name);
  const published = full === undefined ? undefined : familyOf(full, module?.models).published;
  const model = published && createModel(full!, published, module?.models);
  if (weights && weights.info.model === name)
    pacedModel(netOfWeights(weights.info, module), config);
  if (!task) return;
  if (model) expectFit(model, task);
  checkTask(config, task, model);
}

/** Refuses to leave parts as they are that would start at random. */
function checkFreeze({ freeze }: TrainConfig, weights: Weights | undefined): void {
  if (freeze === undefined || weights) return;
  throw new InputError(
    `setting freeze is ${freeze}: there are no weights that could stay; give some by pretrained`,
  );
}

/** Refuses a share for choosing where the data say by what images is chosen, and to choose where nothing is held out. */
function checkSelection(
  { selection: share, swarm, patience }: TrainConfig,
  { selection, train }: Splits,
): void {
  if (share !== SELECTION_SHARE && selection) {
    throw new InputError(
      `setting selection is ${share}: ${train.name} brings a selection set of its own; leave it out`,
    );
  }
  const chosen = Object.entries({ swarm, patience }).find(([, value]) => value !== undefined);
  if (share > 0 || !chosen) return;
  throw new InputError(
    `setting ${chosen[0]} is ${chosen[1]}: it looks at images that are not learned from, of which selection 0 leaves none; leave one of them out`,
  );
}

/** The weights that settings or program name. */
async function weightsOf({ pretrained }: TrainConfig, own: OwnParts): Promise<Weights | undefined> {
  return own.weights ?? (pretrained === undefined ? undefined : await readWeights(pretrained));
}

/** The weights of the outputs that settings name. */
async function weightsFor(
  { classWeights }: TrainConfig,
  { labels }: Dataset,
  from: string | undefined,
): Promise<readonly number[] | undefined> {
  if (classWeights === undefined) return undefined;
  if (classWeights === "balanced") return balancedWeights(labels);
  return readClassWeights(pathFrom(from, classWeights), labels);
}

/**
 * Settles a run. With `saved`, that of the run to resume.
 *
 * @throws InputError for settings, data or names that cannot be used, and when a run is resumed with other data;
 * FormatError for weights that cannot be used.
 */
export async function prepare(
  settings: Partial<TrainSettings>,
  own: OwnParts,
  saved?: PastRun,
): Promise<Prepared> {
  const located = await withPaths(settings);
  const given = saved ? resumedSettings(saved, located) : withReading(withPreset(located));
  const first = parseConfig(given);
  if (!saved && !own.open) refuseIdle(given);
  const module =
    first.module === undefined ? undefined : await loadModule(first.module, saved?.module);
  getSchedule(first.schedule);
  checkLeftOut(first);
  checkAsked(first);
  if (first.penalty !== undefined) parsePenalties(first.penalty);
  const named =
    own.optimizer ?? (given.optimizer && getOptimizer(given.optimizer, module?.optimizers));
  if (named) checkHyper(named, first);
  const weights = saved ? undefined : await weightsOf(first, own);
  if (saved) refuseFixed(saved.net.passes, given.out!, "trained");
  if (weights) refuseFixed(weights.info.passes, first.pretrained ?? "the weights given", "trained");
  const read = await readTeacher(first, saved);
  const wantedTask = namedTask(first, { ...own, module });
  if (!saved) checkFreeze(first, weights);
  const name = own.model ? undefined : (first.model ?? weights?.info.model);
  const known = { config: first, module, name, weights };
  checkAhead(known, wantedTask);
  const splits = own.data
    ? checkSplits(first.oneOf === undefined ? own.data : withOneOf(own.data, first.oneOf))
    : await openData(first, {
        from: saved?.startedIn,
        moved: saved && `say where: convoy train NEW --resume ${given.out}`,
        kind: wantedTask?.labels,
        onLabels: (labels) => checkAhead(known, wantedTask ?? taskFor(labels)),
        onProgress: own.onProgress,
      });
  if (saved) expectRange(saved, splits, first);
  else checkSelection(first, splits);
  const task = chooseTask(first, splits, { ...own, module });
  const names = task.outputs(splits.train.labels, splits.train.channels);
  const data = fingerprint(splits);
  const difference = saved && dataDifference(saved.data, data);
  if (difference) throw new InputError(`the run was made with other data: ${difference}`);
  const source = first.pretrained ?? "the weights given";
  const inherited = saved?.net.passes ?? weights?.info.passes ?? [];
  const parts = { create: own.model, weights, module, task, passes: inherited };
  const wanted = wantedNet(first, splits, names, parts);
  const plain = pacedModel(wanted.create(wanted.input), first);
  const passes = passesOf(plain, first, {
    passes: inherited,
    weights: weights !== undefined,
    source,
  });
  const passed = withPasses(plain, passes.slice(inherited.length), "the run");
  const model = withLoss(passed, first.loss);
  const start = saved?.givenWeights ? new Map() : weights && startFrom(weights, wanted, source);
  const { config: full, optimizer } = recipeOf({
    ...{ given: { model: model.name, ...given }, task: task.defaults, model: model.defaults },
    ...{ optimizer: own.optimizer, optimizers: module?.optimizers },
  });
  checkHyper(optimizer, full);
  const { range = full.range } = splits;
  const config = await withPrecision(withLevels({ ...full, range }, optimizer), model);
  if (isSelfPaced(optimizer)) checkPace(optimizer, config, settings);
  checkPaces(optimizer, config);
  const drawn = draw(splits, config);
  checkTask(config, task, model);
  checkPasses(config, passes);
  const classWeights = await weightsFor(config, drawn.train, saved?.startedIn);
  const constants = constantsOf(task, drawn.train, config, saved?.net.constants);
  const told = task.newMetrics(drawn.selection.labels, constants, sizeOfInput(model));
  const score = scoreOf(config, task, Object.keys(told.values()));
  checkScore(score, task, told);
  const { mean, std } = model.defaults ?? {};
  const { segmenter } = config;
  const usual = segmenter ? inkNormalisation : mean && std && { mean, std };
  const normalisation: Normalisation =
    saved?.net ??
    weights?.info ??
    usual ??
    normalisationOf(preparedFor(drawn.train, { input: model.input, fit: config.fit }));
  const net: NetInfo = {
    model: model.name,
    task: task.name,
    names,
    constants,
    input: model.input,
    mean: normalisation.mean,
    std: normalisation.std,
    fit: config.fit,
    ...(segmenter && { segmenter }),
    ...(passes.length > 0 && { passes }),
    ...(config.swarm !== undefined &&
      config.deploy === "ensemble" && { members: config.particles }),
  };
  return {
    config,
    splits: drawn,
    question: ask(model, task, drawn.train.labels, constants),
    score,
    chooses: splits.selection !== undefined || config.selection > 0,
    optimizer,
    net,
    data,
    teacher: read && openTeacher(read, { task, net, models: module?.models }, saved?.teacher),
    ...(classWeights && { weights: classWeights }),
    penalise: penaltiesOf(config, { task, model, passes }),
    start,
    module,
    onProgress: own.onProgress,
  };
}
