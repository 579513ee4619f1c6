// Every setting of a training run, once: types, defaults, the command line's help and the run
// folder's config.json all come from this schema.

import { z } from "zod";
import { structures } from "../compress/passes/structures.js";
import {
  type Fit,
  fits,
  isRange,
  RANGE_EXPECTED,
  ranges,
  type Segmenter,
  segmenters,
} from "../data/index.js";
import { classLosses } from "../nn/index.js";
import { parseSettings } from "../settings.js";
import { penalties, tasks } from "../tasks/index.js";
import { BYTES } from "../text/bytes.js";
import { settingCalled } from "./otherNames.js";

/** Numbers, ranges and names, one for each net of a swarm; see the swarm's rates. */
const RATES = /^([a-z]{4,}|[-\d.e@/]+)(,\s*([a-z]{4,}|[-\d.e@/]+))*$/i;
const RATES_EXPECTED = "expected a positive number, or in a swarm one a net, as 0.1,0.01,random";

/** `name (what it does), ...`. */
const inWords = (table: Readonly<Record<string, string>>): string =>
  Object.entries(table)
    .map(([name, meaning]) => `${name} (${meaning})`)
    .join(", ");

const structureWords = Object.fromEntries(
  structures.map(({ name, description }) => [name, description]),
);

const penaltyWords = Object.fromEntries(
  penalties.map(({ name, description }) => [name, description]),
);

/** Criteria that strings may be learnt by, of all tasks. */
const criteria: Readonly<Record<string, string>> = Object.assign(
  {},
  ...tasks.map((task) => task.criteria),
);

const count = () => z.int().min(1);

/** Part of the training images that chooses the best epoch where nobody says another. */
export const SELECTION_SHARE = 0.1;

/** The schema. Each description is a line of help. */
export const trainConfig = z.strictObject({
  data: z.string().min(1).describe("data set: a name (mnist, fashion-mnist, cifar10) or a path"),
  task: z
    .string()
    .optional()
    .describe(
      "what is asked: classify, tags, values, segment, count, points, detect, sequence, pieces; of images alone instance, local-aggregation, deepcluster, simclr, rotation, autoencoder, denoising, sparse, contractive, variational; default what the labels are for",
    ),
  taskNumbers: z
    .record(z.string(), z.number())
    .default({})
    .describe("the task's own numbers, as temperature=0.07,dimensions=64"),
  columns: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "what columns of a table or arrays of an archive hold, by role, as path=file,label=species; several joined by +",
    ),
  classes: z
    .string()
    .min(1)
    .optional()
    .describe("file with the names of the classes, a line each, where the data hold numbers"),
  oneOf: z
    .string()
    .min(1)
    .optional()
    .describe(
      "tags of which each image has exactly one, as clear,haze,cloudy; several such groups between slashes",
    ),
  groupBy: z
    .enum(["parent"])
    .optional()
    .describe("what images of a folder belong together by, so that no split parts them: parent"),
  score: z
    .string()
    .optional()
    .describe("metric that chooses the best epoch; default the first of the task"),
  model: z
    .string()
    .optional()
    .describe(
      "model by name, or a JSON file that tells it; default by the task, or by the images: lenet5 for grey ones up to 32x32, resnet20 below 64x64, else resnet18",
    ),
  module: z
    .string()
    .min(1)
    .optional()
    .describe(
      "JavaScript file that brings models, tasks, optimizers and couplings of your own by name",
    ),
  pretrained: z
    .string()
    .min(1)
    .optional()
    .describe(
      "weights file to start from: of another run, of another program if it is known, or an ONNX file, which brings its model",
    ),
  teacher: z
    .string()
    .min(1)
    .optional()
    .describe("run or weights file of a net, or an ensemble, that teaches this one what it says"),
  distil: z
    .record(z.string(), z.number())
    .default({})
    .describe("how much the teacher counts, and how softly, as alpha=0.9,temperature=1"),
  structure: z
    .string()
    .min(1)
    .optional()
    .describe(
      `other structures of the model's layers, as harmonic,t-vmf=16: ${inWords(structureWords)}`,
    ),
  loss: z
    .enum(Object.keys(classLosses) as [keyof typeof classLosses])
    .optional()
    .describe(
      "loss of one class per image: cross-entropy, cosine; default the model's own, or cross-entropy",
    ),
  criterion: z
    .enum(Object.keys(criteria))
    .optional()
    .describe(`how the strings of lines are learnt: ${inWords(criteria)}`),
  grammar: z
    .string()
    .min(1)
    .optional()
    .describe("file with the grammar of what lines may say (task pieces); default any string"),
  segmenter: z
    .enum(Object.keys(segmenters) as [Segmenter])
    .optional()
    .describe(`how lines are cut into pieces (task pieces): ${inWords(segmenters)}`),
  penalty: z
    .string()
    .min(1)
    .optional()
    .describe(
      `what is added to the loss while a net learns, as ole=0.25: ${inWords(penaltyWords)}`,
    ),
  quantise: z
    .string()
    .min(1)
    .optional()
    .describe(
      "train with quantised weights and images, by method and bits: lsq:w4a4, or lsq:w4 for weights alone; first and last layer 8 bits",
    ),
  prune: z
    .string()
    .min(1)
    .optional()
    .describe(
      "prune weights while the net learns, by way and share: magnitude=0.9, or movement=0.9 by where training moves them; or channels, by what the whole net costs beside the loss: l0=1",
    ),
  freeze: z
    .string()
    .min(1)
    .optional()
    .describe(
      "parts of given weights that stay as they are, joined by commas: body, or blocks, as conv1,stage1",
    ),
  rates: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe("factors of the learning rate by part, as body=0.1,stage1=0.01"),
  train: count()
    .optional()
    .describe(
      "images to learn from, as many of each class, and a selection set split off in proportion; default all",
    ),
  out: z.string().min(1).optional().describe("run folder; default runs/<data>-<model>-<number>"),
  epochs: count().default(5).describe("passes over the training data"),
  steps: count().optional().describe("stop after this many steps"),
  gradients: z
    .number()
    .positive()
    .optional()
    .describe(
      "stop after this much work: passes over the training data, a gradient for each image; in a swarm each net's",
    ),
  batch: count().default(64).describe("images in a step"),
  accumulate: count()
    .default(1)
    .describe("micro-batches of a step; their gradients add up, their memory does not"),
  memory: z
    .string()
    .regex(BYTES, { error: "expected a number of bytes, as 300MB" })
    .optional()
    .describe("most memory that training may take, as 300MB; recomputes values to keep within it"),
  recompute: z
    .union([count(), z.enum(["sqrt", "off"])], {
      error: "expected a number of segments, sqrt or off",
    })
    .optional()
    .describe(
      "segments of the net that are recomputed instead of kept, or sqrt; off for the fastest step; default what saves much for little time",
    ),
  keep: z
    .enum(["f32", "bf16", "comet"])
    .optional()
    .describe(
      "how images are kept for the gradient: f32, half as bf16, compressed as comet; default as --memory asks",
    ),
  precision: z
    .enum(["f32", "bf16", "auto"])
    .default("f32")
    .describe(
      "numbers that convolutions and matrix products multiply in training, and of images between steps: f32, bf16, or auto for bf16 where the processor is faster by it",
    ),
  comet: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .default({})
    .describe("how comet chooses its bounds, as eta=0.01,mode=exact,share=0.125"),
  seed: z.int().min(0).max(0xffffffff).default(1).describe("seed of all random numbers"),
  optimizer: z
    .string()
    .default("nesterov")
    .describe("optimizer by name; a task or a model may have another default"),
  levels: count().optional().describe("nets of rmtr, each half as deep as the one above it"),
  lr: z
    .union([z.number().positive(), z.string().regex(RATES, { error: RATES_EXPECTED })], {
      error: RATES_EXPECTED,
    })
    .default(0.05)
    .describe(
      "learning rate, the schedule's peak; default that of task, model or optimizer; in a swarm also one a net, as 0.1,0.01,random",
    ),
  decay: z.number().min(0).default(5e-4).describe("weight decay; skips biases and norms"),
  hyper: z
    .record(z.string(), z.number())
    .default({})
    .describe("the optimizer's own numbers, as momentum=0.9"),
  schedule: z.string().default("one-cycle").describe("learning-rate schedule by name"),
  warmup: z.number().min(0).default(0).describe("epochs in which the learning rate rises"),
  scale: z
    .enum(["none", "linear", "sqrt"])
    .default("none")
    .describe("how lr grows with the batch: none, linear or sqrt"),
  baseBatch: count().default(64).describe("batch that lr is meant for when scale is set"),
  augment: z
    .string()
    .default("")
    .describe("augmentations in order, as crop,flip or trivial,crop,flip, and policies in files"),
  leaveOut: z
    .string()
    .optional()
    .describe(
      "operations that policies of augment do without, as rotate,invert, or none; default those that make no sense for task and data",
    ),
  size: count().optional().describe("height and width of the net's input, in pixels"),
  fit: z
    .enum(Object.keys(fits) as [Fit, ...Fit[]])
    .default("crop")
    .describe(`what happens to images of another shape: ${inWords(fits)}`),
  channels: count()
    .optional()
    .describe(
      "channels of image files: 1 grey, 3 colour, 4 with transparency, or as many as a TIFF has bands; default 3",
    ),
  range: z
    .string()
    .refine(isRange, { error: RANGE_EXPECTED })
    .default("full")
    .describe(
      `how 16-bit images become bytes: ${inWords(ranges)}; or limits of all channels or of each, as 0-3000`,
    ),
  pack: z
    .boolean()
    .default(false)
    .describe(
      "keep decoded image files in a file of the cache folder, as is done where memory is short",
    ),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("share of each target spread evenly over the classes"),
  classWeights: z
    .string()
    .min(1)
    .optional()
    .describe("weights of the classes in the loss: balanced, or a CSV file of class,weight"),
  focal: z
    .number()
    .min(0)
    .default(0)
    .describe("gamma of the focal loss, which counts what is easy less; 0 for the plain loss"),
  dice: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "share of the soft Dice loss, which counts each class of a mask alike, beside the cross-entropy of pixels",
    ),
  sampling: z
    .enum(["all", "balanced"])
    .default("all")
    .describe("images of an epoch: all once, or as many of each class"),
  lossScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of the loss in the backward pass, taken out of the gradient again"),
  ghost: count()
    .min(2)
    .optional()
    .describe("images that batch norm takes its statistics over; default the whole batch"),
  selection: z
    .number()
    .min(0)
    .lt(1)
    .default(SELECTION_SHARE)
    .describe(
      "share of the training data that chooses the best epoch, if the data bring no such set; 0: all are learned from, and the last epoch counts",
    ),
  patience: count().optional().describe("stop after this many epochs without a better one"),
  minutes: z
    .number()
    .positive()
    .optional()
    .describe("time budget; stops and tests when it is spent"),
  saveMinutes: z.number().min(0).default(10).describe("longest time between two checkpoints"),
  preset: z
    .string()
    .optional()
    .describe("published settings by name, under those that are given: paper (of the swarm pso)"),
  swarm: z.string().optional().describe("train several nets together, by the coupling's name"),
  particles: count().default(4).describe("nets of a swarm"),
  topology: z.string().optional().describe("whose mean each net takes when a swarm gossips"),
  coupling: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .default({})
    .describe("the coupling's own settings, as c=0.5,beta=1"),
  deploy: z
    .string()
    .optional()
    .describe(
      "which net a swarm gives: best (of all), mean (of all), soup (of those that help), ensemble (all, side by side); default as the coupling says",
    ),
  probe: z
    .boolean()
    .default(false)
    .describe("of a swarm's mean: measure effective learning rate and noise after every epoch"),
  threads: count()
    .optional()
    .describe("threads of the engine; default all cores that the process may use"),
  engine: z.enum(["auto", "native", "reference"]).default("auto").describe("what computes"),
});

/** All settings, defaults filled in. */
export type TrainConfig = z.output<typeof trainConfig>;
/** Settings as a user gives them: only `data` is needed. */
export type TrainSettings = z.input<typeof trainConfig>;

/**
 * Settings of a run as the default export of a file `convoy.config.ts`, checked by the compiler.
 *
 * @example
 * defineConfig({ data: "mnist", epochs: 3 }).epochs; // 3
 */
export const defineConfig = <S extends Partial<TrainSettings>>(settings: S): S => settings;

/** Names of all settings. */
export const settingNames = Object.keys(trainConfig.shape) as readonly (keyof TrainConfig)[];

/**
 * Checks settings of which any may be missing.
 *
 * @throws InputError as {@link parseConfig} does.
 */
export function checkGiven(settings: unknown): void {
  parseSettings(trainConfig.partial(), settings, undefined, settingCalled);
}

/**
 * Checks settings and fills in defaults.
 *
 * @throws InputError naming the first setting that is unknown (with the nearest known one) or wrong.
 * @example
 * parseConfig({ data: "mnist", epochs: 2 }).batch; // 64
 */
export function parseConfig(settings: unknown): TrainConfig {
  return parseSettings(trainConfig, settings, undefined, settingCalled);
}
