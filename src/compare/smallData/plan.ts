// The plan of a small-data benchmark: everything that decides its numbers; plan.json of its folder.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Splits } from "../../data/index.js";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import { parseSpace, spaceText } from "../../search/index.js";
import { PLAN } from "../../study/folder.js";
import { located } from "../../study/search/settle.js";
import { countFrom } from "../../study/seeds.js";
import { type Fingerprint, fingerprint } from "../../train/fingerprint.js";
import { parseConfig, type TrainSettings } from "../../train/index.js";
import type { LoadedModule } from "../../train/ownModule.js";
import { overlaid } from "../methods.js";
import { folderName } from "../plan.js";
import { BASELINE, getSmallDataMethod, type SmallDataMethod } from "./methods.js";

/** What to compare, and how. */
export interface SmallDataSettings {
  /** Methods beside the tuned cross-entropy and cross-entropy at defaults, which are always there. */
  readonly methods: readonly SmallDataMethod[];
  /** Those of all trainings alike; `data` is needed, `seed` is the first one and draws the images. */
  readonly settings: Partial<TrainSettings>;
  /** Images of each class that a net learns from and is tuned by; default 50. */
  readonly perClass?: number;
  /** Disjoint draws of so many images; default 3. */
  readonly splits?: number;
  /** Whether the images are the first ones of each class, and not drawn; default false. */
  readonly inOrder?: boolean;
  /** Trainings with the settings found, on each split; default 5. */
  readonly seeds?: number;
  /** What is searched; default {@link usualSpace} without what `settings` say. */
  readonly space?: string;
  /** Trials of each search; default 20. */
  readonly trials?: number;
  /** Epochs before a trial is compared; default a tenth of all. */
  readonly least?: number;
}

/** The published space: rate, decay and batch. */
export const usualSpace = "lr=log:1e-4:0.1,decay=log:1e-5:0.1,batch=10|25|50";

/** Of all trainings where nobody says otherwise, as published but for the epochs, of which there were 500. */
export const usualSettings = {
  score: "balancedAccuracy",
  optimizer: "momentum",
  schedule: "cosine",
  epochs: 100,
} as const satisfies Partial<TrainSettings>;

/** Settings that the benchmark decides. */
export const decidedSettings = [
  ...(["out", "train", "selection", "steps", "gradients", "patience", "minutes"] as const),
  ...(["preset", "swarm", "particles", "topology", "coupling", "deploy", "probe"] as const),
  ...(["levels", "pretrained", "freeze"] as const),
] as const satisfies readonly (keyof TrainSettings)[];

/** Settings or other data by name, which others check in full. */
const named = <T>() =>
  z.custom<T>((value) => typeof value === "object" && value !== null, "expected values by name");

const count = z.int().min(1);

const schema = z.strictObject({
  kind: z.literal("small-data"),
  methods: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        tuned: z.boolean(),
        settings: named<Partial<TrainSettings>>(),
      }),
    )
    .min(1),
  perClass: z.int().min(2),
  splits: count,
  inOrder: z.boolean(),
  seeds: z.array(z.int().min(0)).min(1),
  space: z.string(),
  trials: count,
  least: count,
  /** Of all trainings alike. */
  settings: named<Partial<TrainSettings>>(),
  data: named<Fingerprint>(),
  module: z.strictObject({ path: z.string(), sha256: z.string() }).optional(),
});

/** A benchmark as it is kept. */
export type SmallDataPlan = z.output<typeof schema>;
export type PlannedSmallData = SmallDataPlan["methods"][number];

/**
 * The plan of the benchmark in a folder.
 *
 * @throws InputError when there is none, and for a study of another kind.
 */
export async function readSmallData(out: string): Promise<SmallDataPlan> {
  const path = join(out, PLAN);
  if (!existsSync(path)) {
    throw new InputError(`${out} holds no benchmark: there is no ${PLAN} in it`);
  }
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}; expected the plan of a benchmark, as convoy benchmark small-data makes`,
      { cause: error },
    );
  }
}

/** Tuned cross-entropy, that at defaults, and the others in their order. */
function allMethods(given: readonly SmallDataMethod[]): SmallDataMethod[] {
  const first = [BASELINE, "ce-defaults"].map(getSmallDataMethod);
  const all = [...first, ...given.filter(({ name }) => !first.some((one) => one.name === name))];
  const folders = all.map(({ name }) => folderName(name));
  const twice = all.find((_, at) => folders.indexOf(folders[at]) !== at);
  if (twice) throw new InputError(`method ${twice.name} is given twice`);
  return all;
}

/** The usual space without parameters that are fixed. */
function usualWithout(settings: Partial<TrainSettings>): string {
  const left = parseSpace(usualSpace).filter(
    ({ name }) => settings[name as keyof TrainSettings] === undefined,
  );
  if (left.length > 0) return spaceText(left);
  throw new InputError(
    `settings lr, decay and batch are all fixed, so that nothing is left to search; leave one out, or say what to search`,
  );
}

function checkNumbers(numbers: Readonly<Record<string, readonly [number, number]>>): void {
  for (const [what, [value, least]] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new InputError(
      `the number of ${what} is ${value}; expected a whole number from ${least}`,
    );
  }
}

/**
 * Settles a benchmark.
 *
 * @param source the data as they were opened
 * @throws InputError for what cannot be compared
 */
export async function planOf(
  benchmark: SmallDataSettings,
  source: Splits,
  module?: LoadedModule,
): Promise<SmallDataPlan> {
  const { perClass = 50, splits = 3, seeds = 5, trials = 20, inOrder = false } = benchmark;
  const { seed, ...given } = await located(benchmark.settings);
  const wrong = decidedSettings.find((name) => given[name] !== undefined);
  if (wrong) {
    throw new InputError(`setting ${wrong}: the small-data benchmark decides it; leave it out`);
  }
  const settings = { ...usualSettings, ...given, ...(module && { module: module.path }) };
  const { epochs } = settings;
  const { least = Math.max(1, Math.round(epochs / 10)) } = benchmark;
  checkNumbers({
    "images of each class": [perClass, 2],
    splits: [splits, 1],
    seeds: [seeds, 1],
    trials: [trials, 1],
    "epochs before a comparison": [least, 1],
  });
  const { space = usualWithout(settings) } = benchmark;
  const { seed: first } = parseConfig({ ...settings, ...(seed !== undefined && { seed }) });
  return {
    kind: "small-data",
    methods: allMethods(benchmark.methods).map(({ name, tuned = true, settings }) => ({
      ...{ name, tuned, settings },
    })),
    ...{ perClass, splits, inOrder, seeds: countFrom(first, seeds), space, trials, least },
    ...{ settings, data: fingerprint(source) },
    ...(module && { module: { path: module.path, sha256: module.sha256 } }),
  };
}

/** The settings of a method's trainings but for what is searched and the seed. */
export const settingsFor = (
  { settings }: Pick<SmallDataPlan, "settings">,
  method: PlannedSmallData,
): Partial<TrainSettings> => overlaid(settings, method.settings);
